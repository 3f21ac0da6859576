// Package examples shows hookseal before the handlers of chi, echo and gin. It
// holds nothing to import: the few lines that a framework takes are in its
// example, and each passes the conformance suite.
//
// # What each has to get right
//
// The engine has to learn with which status the application has answered. With a
// store, a success is kept, and a repeat of it is acknowledged without calling
// the application: a failure that the engine takes for a success is an event
// lost. So whatever answers errors stands behind the engine's middleware, nearer
// to the handler:
//
//   - chi has handlers of net/http, and nothing to get wrong.
//   - echo answers the errors that handlers return after all middleware, when the
//     engine has seen a handler that wrote nothing, which is a 200. answerErrors
//     answers them before, by the application's own HTTPErrorHandler. Middleware
//     outside of it sees the status and no error any more.
//   - gin has no wrapper for middleware of net/http; protect is one. Handlers
//     that call c.Error and leave the answer to a middleware of the application
//     have that middleware behind protect, not before it.
//   - A panic that reaches the engine is no success, whoever recovers it outside.
//
// What the engine refuses it answers itself, with its reason in JSON; the error
// handler of the framework is not asked.
//
// # What comes before the middleware
//
// The engine judges the request-target and the body as the server has received
// them. Keep off what changes them, or put it behind:
//
//   - A router that redirects does so before the middleware of a route, and a
//     sender that does not follow has failed. gin redirects a path with a slash too
//     many or too few at its end (RedirectTrailingSlash, on by default), and one
//     with other faults if RedirectFixedPath is set; [net/http.ServeMux] redirects
//     paths such as //x. Register the path exactly as the sender calls it.
//   - What cleans paths for the router alone (chi's StripSlashes and CleanPath,
//     gin's RemoveExtraSlash) leaves the request-target as it came. echo's
//     AddTrailingSlash and RemoveTrailingSlash change it, and a scheme that signs
//     the URL then refuses.
//   - What reads the body takes it away from the engine: c.PostForm of gin and
//     c.FormValue of echo where it is a form, loggers of bodies that do not put them
//     back. What unpacks it, as echo's Decompress does, leaves other bytes than those
//     that were signed.
//   - What overwrites the address of the peer, as chi's RealIP does, decides who is
//     a trusted proxy. Leave it to Config.TrustedProxies.
//   - Path parameters are known to the middleware of a route alone. With chi that
//     is With or a Group around the route; Use on the whole router comes before
//     routing, and so does echo's Pre.
//
// # What comes behind
//
// Handlers read the body as ever: io.ReadAll, c.Bind of echo, ShouldBind and
// GetRawData of gin, http.Request.ParseForm. It is the body that was verified, byte
// for byte. As without the engine it can be read once: of two ShouldBind in a row
// the second finds nothing (ShouldBindBodyWith is for that).
package examples
