package examples

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/labstack/echo/v5"

	"github.com/hookseal/hookseal/engine"
)

// echo wraps the middleware of net/http. It answers errors that handlers return
// only after all middleware, where the engine would take them for a success:
// answerErrors answers them before.
func Example_echo() {
	hooks := openHooks()
	defer hooks.Close()

	e := echo.New()
	e.POST("/orders/:key", func(c *echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		v, _ := engine.VerdictFrom(c.Request().Context())
		return c.String(http.StatusOK, fmt.Sprintf("%s for %s, secret %s", body, c.Param("key"), v.Secret))
	}, echo.WrapMiddleware(hooks.Middleware("orders")), answerErrors)

	sendBoth(e)
	// Output:
	// 200 an order for shop-1, secret 2026
	// 401 {"reason":"signature_mismatch"}
}

func answerErrors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		if err := next(c); err != nil {
			c.Echo().HTTPErrorHandler(c, err)
		}
		return nil
	}
}

func TestEcho(t *testing.T) {
	conform(t, func(hooks *engine.Engine, source string, app http.Handler) http.Handler {
		e := echo.New()
		e.Any("/*", echo.WrapHandler(app), echo.WrapMiddleware(hooks.Middleware(source)), answerErrors)
		return e
	})
	passOnFailures(t, func(hooks *engine.Engine, next func() int) http.Handler {
		e := echo.New()
		e.POST("/orders/:key", func(c *echo.Context) error {
			if status := next(); status >= 300 {
				return echo.NewHTTPError(status, "failed")
			}
			return c.NoContent(http.StatusCreated)
		}, echo.WrapMiddleware(hooks.Middleware("orders")), answerErrors)
		return e
	})
}
