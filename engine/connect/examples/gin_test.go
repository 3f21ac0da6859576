package examples

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/hookseal/hookseal/engine"
)

// gin has no wrapper for middleware of net/http; protect is one.
func Example_gin() {
	hooks := openHooks()
	defer hooks.Close()

	router := newGin()
	router.POST("/orders/:key", protect(hooks.Middleware("orders")), func(c *gin.Context) {
		body, err := c.GetRawData()
		if err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		v, _ := engine.VerdictFrom(c.Request.Context())
		c.String(http.StatusOK, "%s for %s, secret %s", body, c.Param("key"), v.Secret)
	})

	sendBoth(router)
	// Output:
	// 200 an order for shop-1, secret 2026
	// 401 {"reason":"signature_mismatch"}
}

// protect puts middleware of net/http before the handlers that follow.
func protect(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		for _, p := range c.Params {
			c.Request.SetPathValue(p.Key, p.Value)
		}
		passed := false
		middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r
			c.Next()
			// The handlers answer c.Writer, past w, which has to be told.
			w.WriteHeader(c.Writer.Status())
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}

func newGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	return gin.New()
}

func TestGin(t *testing.T) {
	conform(t, func(hooks *engine.Engine, source string, app http.Handler) http.Handler {
		router := newGin()
		router.Any("/*path", protect(hooks.Middleware(source)), gin.WrapH(app))
		return router
	})
	passOnFailures(t, func(hooks *engine.Engine, next func() int) http.Handler {
		router := newGin()
		router.POST("/orders/:key", protect(hooks.Middleware("orders")), func(c *gin.Context) {
			if status := next(); status >= 300 {
				c.AbortWithStatusJSON(status, gin.H{"error": "failed"})
				return
			}
			c.Status(http.StatusCreated)
		})
		return router
	})
}
