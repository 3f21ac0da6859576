package fiber_test

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v3"

	hooksealfiber "github.com/hookseal/hookseal/engine/connect/fiber"
	"github.com/hookseal/hookseal/engine/enginetest"
)

func TestConformance(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config fiber.Config
	}{
		{"buffered", fiber.Config{}},
		{"streamed", fiber.Config{StreamRequestBody: true}},
		{"names as they came", fiber.Config{DisableHeaderNormalizing: true}},
		{"multipart left alone", fiber.Config{DisablePreParseMultipartForm: true, Immutable: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			enginetest.Run(t, enginetest.Connector{
				NoHTTP2: "fasthttp, the server of Fiber, has no HTTP/2",
				Start: func(t *testing.T, s enginetest.Setup) enginetest.Entry {
					app := fiber.New(tt.config)
					app.Use(hooksealfiber.Middleware(s.Engine, s.Source), handOn(s.App))
					return enginetest.Entry{Addr: listen(t, app)}
				},
			})
		})
	}
}

// handOn calls an application of net/http with the raw body and header that the
// handlers of Fiber see.
func handOn(app http.Handler) fiber.Handler {
	return func(c fiber.Ctx) error {
		r := httptest.NewRequest(c.Method(), "/", bytes.NewReader(c.Request().Body()))
		r.RequestURI = c.OriginalURL()
		r.Header = http.Header{}
		for name, value := range c.Request().Header.All() {
			r.Header.Add(string(name), string(value))
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		return c.Status(w.Code).Send(w.Body.Bytes())
	}
}

// listen serves an application on a loopback address until the test ends.
func listen(t *testing.T, app *fiber.App) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true}) }()
	t.Cleanup(func() {
		if err := errors.Join(app.Shutdown(), <-served); err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}
