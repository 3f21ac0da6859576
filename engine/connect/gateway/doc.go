// Package gateway is a reverse proxy that passes on to an application, which
// need not know of it, what a source accepts, and nothing else.
//
//	gw, err := gateway.New(eng, "contracts", gateway.Config{Upstream: "http://127.0.0.1:3000"})
//	http.ListenAndServe("127.0.0.1:8080", gw)
//
// A request is passed on at once, and its sender gets the application's answer.
// What the source refuses never reaches the application, but for a source in
// shadow mode, whose requests are marked as unverified.
//
// # What the application receives
//
//   - The request-target byte for byte; of one that is a whole URL, the path and
//     query. Where it leads is the operator's: no request can change it.
//   - The body that was verified, under its Content-Length, whatever transfer
//     coding it came in. Trailers are not passed on, and nothing waits for
//     100 Continue: the body is there.
//   - [engine.VerdictHeader], as the engine has set it. What the sender wrote
//     into it is gone, and Connection cannot take ours away.
//   - The Host that the sender addressed, unless [Config.Host] names another.
//   - X-Forwarded-For, -Host and -Proto of our making. Whatever else claims to
//     come from a proxy is removed: Forwarded, all of X-Forwarded, X-Real-IP,
//     X-Original-Host, -URI and -URL, X-Rewrite-URL. What a trusted proxy says
//     goes into ours.
//   - The other fields as they came, but for those that end at the next hop
//     (RFC 9110, 7.6.1): no protocol is switched, and no tunnel is opened.
//
// Few signatures cover more than the body: whoever holds a signed one chooses the
// target and the other fields. Where the application has more paths than its
// webhooks take, put before the gateway what lets only those through.
//
// # What the sender is answered
//
//   - What the application answers, as it comes: redirects, trailers, and an
//     encoding that it has chosen.
//   - 502 where the application cannot be reached, breaks off, or answers with
//     what is not HTTP; 504 where it does not begin to answer in time. With a
//     store no key is kept then, as with any answer but 2xx: when the sender
//     tries again, the application gets the request.
//   - 400 for a request that no server could be sent: CONNECT, a target that is
//     no path, and one that net/http cannot write as it came.
//
// # What is sent again
//
// A request that the application may have seen is not sent to it again: that is
// for the sender to decide. The exception are GET, HEAD, OPTIONS and TRACE, which
// HTTP calls idempotent, when a connection that was used before ends without an
// answer. net/http would take a header field Idempotency-Key for such a promise
// too; the gateway passes it on, and does not let it. An application that has
// answered too late or broken off may see a request twice, the second time from
// the sender.
package gateway
