package examples

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/hookseal/hookseal/engine"
)

// chi takes the middleware as it is. With is for one route: the path parameters
// are known by then.
func Example_chi() {
	hooks := openHooks()
	defer hooks.Close()

	router := chi.NewRouter()
	router.With(hooks.Middleware("orders")).Post("/orders/{key}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "body", http.StatusInternalServerError)
			return
		}
		v, _ := engine.VerdictFrom(r.Context())
		fmt.Fprintf(w, "%s for %s, secret %s", body, chi.URLParam(r, "key"), v.Secret)
	})

	sendBoth(router)
	// Output:
	// 200 an order for shop-1, secret 2026
	// 401 {"reason":"signature_mismatch"}
}

func TestChi(t *testing.T) {
	conform(t, func(hooks *engine.Engine, source string, app http.Handler) http.Handler {
		router := chi.NewRouter()
		router.With(hooks.Middleware(source)).Handle("/*", app)
		return router
	})
	passOnFailures(t, func(hooks *engine.Engine, next func() int) http.Handler {
		router := chi.NewRouter()
		router.With(hooks.Middleware("orders")).Post("/orders/{key}", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(next())
		})
		return router
	})
}
