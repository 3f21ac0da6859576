package fiber

import (
	"errors"
	"io"
	"net/http"

	"github.com/gofiber/fiber/v3"

	"github.com/hookseal/hookseal/engine"
)

// Middleware returns what puts a source before the handlers that follow it in
// the chain, as [engine.Engine.Middleware] does for net/http. They are called
// with requests that the source accepts; the body that was verified is
// [fiber.Ctx.BodyRaw], and the verdict is found by [VerdictFrom], in the context
// of the request and in [engine.VerdictHeader]. A body that Fiber streams is read
// whole and is no stream any more.
//
// The path parameter "key" becomes the Key of the [engine.Hint]. A handler that
// returns an error has not succeeded, whatever the error is answered with: a
// repeat of its request is passed on again.
//
// Fiber takes a multipart body apart by default, which loses its bytes. Unless
// the application sets DisablePreParseMultipartForm, such a request is answered
// 500 and no handler is called. A header name with a space in it, which net/http
// refuses too, is answered 400.
//
// Middleware panics for a source that is not configured.
func Middleware(eng *engine.Engine, source string) fiber.Handler {
	guard := eng.Middleware(source)
	return func(c fiber.Ctx) error {
		r, err := request(c)
		if err != nil {
			return err
		}
		p := &passage{c: c}
		guard(p).ServeHTTP(&p.refusal, r)
		if p.taken {
			return p.err
		}
		return p.refusal.send(c)
	}
}

type verdictKey struct{}

// VerdictFrom returns the verdict that [Middleware] has put into the locals of a
// request. It is false where no middleware was passed; a source in shadow mode
// passes on verdicts that reject.
func VerdictFrom(c fiber.Ctx) (engine.Verdict, bool) {
	v, ok := c.Locals(verdictKey{}).(engine.Verdict)
	return v, ok
}

// passage is one request on its way through the engine.
type passage struct {
	c       fiber.Ctx
	refusal refusal
	// taken says that the engine has passed the request on, and err what came of
	// it.
	taken bool
	err   error
}

// ServeHTTP implements [http.Handler]: it calls the handlers that follow, and
// tells the engine how they have answered.
func (p *passage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.taken = true
	p.err = p.next(r)
	if p.err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(p.c.Response().StatusCode())
}

func (p *passage) next(r *http.Request) error {
	v, ok := engine.VerdictFrom(r.Context())
	if !ok {
		return errors.New("hookseal passed a request on without a verdict")
	}
	if raw := p.c.Request(); raw.IsBodyStream() {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		raw.SetBodyRaw(body)
	}
	mirror(&p.c.Request().Header, r.Header)
	p.c.Locals(verdictKey{}, v)
	p.c.SetContext(r.Context())
	return p.c.Next()
}
