// Package fiber puts hookseal before the handlers of a Fiber application.
//
//	app := fiber.New(fiber.Config{DisablePreParseMultipartForm: true})
//	app.Post("/hooks", hooksealfiber.Middleware(eng, "contracts"), func(c fiber.Ctx) error {
//		v, _ := hooksealfiber.VerdictFrom(c)
//		body := c.BodyRaw() // what was verified; Body unpacks gzip
//		...
//	})
//
// Fiber has a server of its own, fasthttp, without HTTP/2. It loses some of a
// request before anybody sees it: of a Content-Type or User-Agent that is
// repeated it keeps the last, and it puts cookies together anew. What is judged
// is what the handlers see.
package fiber
