package engine

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/webhook"
)

// VerdictHeader is set on every request that [Engine.Middleware] passes on, and
// on the answers of [Engine.AuthHandler]:
//
//	Hookseal-Verdict: accept; source="contracts"; secret="2026"; covers="body,id"
//	Hookseal-Verdict: unverified; reason=signature_mismatch; source="contracts"
//
// It is a structured field (RFC 9651). What a sender writes into it is removed.
const VerdictHeader = webhook.VerdictHeader

// Middleware returns what puts a source before a handler. The next handler is
// called with requests that the source accepts, reads the body that was
// verified, and finds the verdict by [VerdictFrom] and in [VerdictHeader]. The
// others are answered as by [Engine.Handler], whatever their method; when
// nothing can be decided that is a 503, and the next handler is not called.
//
// The path parameter "key" of the request ([http.Request.PathValue]) becomes the
// Key of the [Hint].
//
// With a store, a request that the next handler has answered 2xx is kept as an
// event without deliveries, and a repeat of it is acknowledged without calling
// the next handler. Of the same request several times at once, one is passed on
// and the others wait for its answer. Repeats are known by the key that the store
// keeps, also after a restart, and also of what [Engine.Handler] has stored for
// the source. One with another body, which the signature then does not cover, is
// answered 409. When the store cannot be asked that is a 503, and the next
// handler is not called. Without a store every request is passed on.
//
// A request is passed on again if the next handler did not answer 2xx, or if the
// process ended or the store failed before the event was kept.
//
// Middleware panics for a source that is not configured. One that a [Engine.Reload]
// has removed answers 404.
func (e *Engine) Middleware(source string) func(http.Handler) http.Handler {
	e.mustKnow(source)
	return func(next http.Handler) http.Handler {
		return e.serving(func(in *receive.Intake, w http.ResponseWriter, r *http.Request) {
			in.Guard(w, r, source, next)
		})
	}
}

func (e *Engine) mustKnow(source string) {
	s := e.acquire()
	if s == nil {
		panic("hookseal: " + ErrClosed.Error())
	}
	defer s.release()
	if s.intake.Sources[source] == nil {
		panic(fmt.Sprintf("hookseal: no source is called %q; sources are %s", source, known(s.config.Sources)))
	}
}

// VerdictFrom returns the verdict that [Engine.Middleware] has put into the
// context of a request. It is false where no middleware was passed; a source in
// shadow mode passes on verdicts that reject.
func VerdictFrom(ctx context.Context) (Verdict, bool) { return receive.VerdictFrom(ctx) }

// AuthRequest says how a proxy describes the request that it asks about. The
// zero value is for a proxy that repeats it as it is.
type AuthRequest struct {
	// Prefix is what the proxy puts before the path, such as "/verify".
	Prefix string
	// TargetHeader names the header that carries the request-target, such as
	// X-Original-URI or X-Forwarded-Uri, and MethodHeader the one that carries
	// the method. They count from [Config.TrustedProxies] alone.
	TargetHeader, MethodHeader string
}

// AuthHandler returns what answers the sub-requests by which a proxy asks
// whether it may pass a request on: 200 with [VerdictHeader], or the refusal that
// [Engine.Middleware] would answer. It takes any method, path and query, and a
// body with each. The proxy has to send the header and the whole body along: a
// scheme that signs the body refuses a sub-request without it.
//
// The proxy copies the verdict header of the answer onto the request, over
// whatever the sender has written into it. A challenge is not for the
// application, and a proxy would take its success for leave to go on: it is
// answered with the status of a refusal, and "challenge" with the due status in
// the verdict header; the body is the reply that the sender waits for.
//
// An [http.ServeMux] redirects paths such as //x before any handler sees them:
// serve AuthHandler itself where the path counts. Repeats are passed on, since
// what the application answers is not known here. AuthHandler panics as
// Middleware does.
func (e *Engine) AuthHandler(source string, about AuthRequest) http.Handler {
	e.mustKnow(source)
	asked := receive.Asked(about)
	return e.serving(func(in *receive.Intake, w http.ResponseWriter, r *http.Request) {
		in.Ask(w, r, source, &asked)
	})
}
