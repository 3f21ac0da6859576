package examples

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/labstack/echo/v5"

	"github.com/hookseal/hookseal/engine"
)

// What a framework reads bodies with finds the body behind the middleware.
func TestBindBehindMiddleware(t *testing.T) {
	hooks := openHooks()
	defer hooks.Close()
	type item struct {
		Item string `json:"item" binding:"required"`
	}

	router := newGin()
	router.POST("/orders/:key", protect(hooks.Middleware("orders")), func(c *gin.Context) {
		var in item
		if err := c.ShouldBind(&in); err != nil {
			c.String(http.StatusBadRequest, "%v", err)
			return
		}
		c.String(http.StatusOK, in.Item)
	})
	e := echo.New()
	e.POST("/orders/:key", func(c *echo.Context) error {
		var in item
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.String(http.StatusOK, in.Item)
	}, echo.WrapMiddleware(hooks.Middleware("orders")), answerErrors)

	for name, h := range map[string]http.Handler{"gin": router, "echo": e} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, send("/orders/shop-1", "secret of shop-1", `{"item":"lamp"}`))
		if w.Code != http.StatusOK || w.Body.String() != "lamp" {
			t.Errorf("%s: bound %d %q, want 200 \"lamp\"", name, w.Code, w.Body)
		}
	}
}

// Errors that handlers of gin collect count when they are answered behind
// protect.
func TestGinCollectedErrors(t *testing.T) {
	passOnFailures(t, func(hooks *engine.Engine, next func() int) http.Handler {
		router := newGin()
		answerCollected := func(c *gin.Context) {
			c.Next()
			if last := c.Errors.Last(); last != nil {
				c.String(last.Meta.(int), "failed")
			}
		}
		router.POST("/orders/:key", protect(hooks.Middleware("orders")), answerCollected, func(c *gin.Context) {
			if status := next(); status >= 300 {
				_ = c.Error(errors.New("failed")).SetMeta(status)
				return
			}
			c.Status(http.StatusCreated)
		})
		return router
	})
}

// A panic that reaches the engine is no success, whoever recovers it outside.
func TestGinPanic(t *testing.T) {
	passOnFailures(t, func(hooks *engine.Engine, next func() int) http.Handler {
		router := newGin()
		router.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, status any) { c.AbortWithStatus(status.(int)) }))
		router.POST("/orders/:key", protect(hooks.Middleware("orders")), func(c *gin.Context) {
			if status := next(); status >= 300 {
				panic(status)
			}
			c.Status(http.StatusCreated)
		})
		return router
	})
}

// gin redirects before the middleware of a route, chi's StripSlashes leaves to
// the engine what was sent.
func TestSlashAtTheEnd(t *testing.T) {
	hooks := openHooks()
	defer hooks.Close()

	router := newGin()
	router.POST("/orders/:key", protect(hooks.Middleware("orders")), func(c *gin.Context) { c.Status(http.StatusOK) })
	w := httptest.NewRecorder()
	router.ServeHTTP(w, send("/orders/shop-1/", "secret of shop-1", "an order"))
	if w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/orders/shop-1" {
		t.Errorf("gin answered %d to %q, want a redirect", w.Code, w.Header().Get("Location"))
	}

	mux := chi.NewRouter()
	mux.Use(middleware.StripSlashes)
	var target string
	mux.With(hooks.Middleware("orders")).Post("/orders/{key}", func(w http.ResponseWriter, r *http.Request) {
		req, err := engine.FromHTTP(r, engine.RequestLimits{})
		if err != nil {
			t.Error(err)
			return
		}
		target = req.Target
	})
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, send("/orders/shop-1/", "secret of shop-1", "an order"))
	if w.Code != http.StatusOK || target != "/orders/shop-1/" {
		t.Errorf("chi answered %d, and the engine saw %q, want 200 and /orders/shop-1/", w.Code, target)
	}
}
