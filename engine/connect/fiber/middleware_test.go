package fiber_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"github.com/hookseal/hookseal/engine"
	hooksealfiber "github.com/hookseal/hookseal/engine/connect/fiber"
	"github.com/hookseal/hookseal/engine/store/sqlite"
	"github.com/hookseal/hookseal/engine/webhook"
)

// shops knows the secret of every shop.
type shops struct{}

// Secrets implements [engine.SecretSource].
func (shops) Secrets(_ context.Context, hint engine.Hint) ([]engine.Secret, error) {
	secret, err := engine.NewSecret("2026", []byte("secret of "+hint.Key))
	return []engine.Secret{secret}, err
}

func signed(path, secret, body string) *http.Request {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("X-Qualifio-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

// The handler is called with verified orders alone; the secret is that of the
// shop in the path.
func ExampleMiddleware() {
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"orders": {Provider: "qualifio", Secrets: shops{}},
	}})
	if err != nil {
		panic(err)
	}
	defer hooks.Close()

	app := fiber.New()
	app.Post("/orders/:key", hooksealfiber.Middleware(hooks, "orders"), func(c fiber.Ctx) error {
		v, _ := hooksealfiber.VerdictFrom(c)
		return c.SendString(fmt.Sprintf("%s, secret %s", c.BodyRaw(), v.Secret))
	})

	for _, secret := range []string{"secret of shop-1", "secret of shop-2"} {
		resp, err := app.Test(signed("/orders/shop-1", secret, "an order"))
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(resp.Body)
		fmt.Println(resp.StatusCode, strings.TrimSpace(string(body)), err)
	}
	// Output:
	// 200 an order, secret 2026 <nil>
	// 401 {"reason":"signature_mismatch"} <nil>
}

func open(t *testing.T, config engine.Config) *engine.Engine {
	t.Helper()
	hooks, err := engine.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hooks.Close(); err != nil {
			t.Error(err)
		}
	})
	return hooks
}

func orders(shadow bool) map[string]engine.Source {
	return map[string]engine.Source{"orders": {Provider: "qualifio", Secrets: shops{}, Shadow: shadow}}
}

func status(t *testing.T, app *fiber.App, r *http.Request) int {
	t.Helper()
	resp, err := app.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// What has failed is passed on again, an error like a status; what has
// succeeded is not.
func TestMiddlewareKeepsWhatSucceeded(t *testing.T) {
	st, err := sqlite.Open(filepath.Join(t.TempDir(), "hooks.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	hooks := open(t, engine.Config{Sources: orders(false), Store: st})
	calls := 0
	answers := []func(fiber.Ctx) error{
		func(fiber.Ctx) error { return errors.New("broken") },
		func(fiber.Ctx) error { return fiber.ErrUnprocessableEntity },
		func(c fiber.Ctx) error { return c.SendStatus(500) },
		func(c fiber.Ctx) error { return c.SendStatus(201) },
	}
	app := fiber.New()
	app.Post("/orders/:key", hooksealfiber.Middleware(hooks, "orders"), func(c fiber.Ctx) error {
		calls++
		return answers[calls-1](c)
	})
	for i, want := range []int{500, 422, 500, 201, 202, 202} {
		got := status(t, app, signed("/orders/shop%2D1", "secret of shop-1", "an order"))
		if wantCalls := min(i+1, len(answers)); got != want || calls != wantCalls {
			t.Errorf("request %d: answered %d after %d calls, want %d after %d", i, got, calls, want, wantCalls)
		}
	}
}

func TestVerdictFrom(t *testing.T) {
	for _, shadow := range []bool{false, true} {
		app := fiber.New()
		var before bool
		var local, inContext engine.Verdict
		app.Post("/orders/:key", func(c fiber.Ctx) error {
			_, before = hooksealfiber.VerdictFrom(c)
			return c.Next()
		}, hooksealfiber.Middleware(open(t, engine.Config{Sources: orders(shadow)}), "orders"), func(c fiber.Ctx) error {
			local, _ = hooksealfiber.VerdictFrom(c)
			inContext, _ = engine.VerdictFrom(c.Context())
			return nil
		})
		secret, want := "secret of shop-1", webhook.Accept
		if shadow {
			secret, want = "guessed", webhook.Reject
		}
		if got := status(t, app, signed("/orders/shop-1", secret, "an order")); got != 200 {
			t.Errorf("answered %d, want 200", got)
		}
		if before || local.Outcome != want || inContext.Outcome != want || local.Reason != inContext.Reason {
			t.Errorf("verdicts %v, %v, %v; want false, and %v twice", before, local, inContext, want)
		}
	}
}

func TestBodyRawIsNotUnpacked(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte("an order")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	app := fiber.New()
	var raw []byte
	app.Post("/orders/:key", hooksealfiber.Middleware(open(t, engine.Config{Sources: orders(false)}), "orders"), func(c fiber.Ctx) error {
		raw = bytes.Clone(c.BodyRaw())
		return c.Send(c.Body())
	})
	r := signed("/orders/shop-1", "secret of shop-1", packed.String())
	r.Header.Set("Content-Encoding", "gzip")
	resp, err := app.Test(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "an order" || !bytes.Equal(raw, packed.Bytes()) {
		t.Errorf("Body = %q, BodyRaw = %q, %v; want it unpacked, and %q", body, raw, err, packed.Bytes())
	}
}

// A multipart body reaches handlers as it was sent or not at all.
func TestMultipart(t *testing.T) {
	const body = "preamble\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--\r\n"
	for _, tt := range []struct {
		name   string
		config fiber.Config
		want   int
	}{
		{"taken apart", fiber.Config{}, 500},
		{"taken apart from a stream", fiber.Config{StreamRequestBody: true}, 500},
		{"left alone", fiber.Config{DisablePreParseMultipartForm: true}, 200},
		{"left alone in a stream", fiber.Config{DisablePreParseMultipartForm: true, StreamRequestBody: true}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app, received := fiber.New(tt.config), ""
			app.Post("/orders/:key", hooksealfiber.Middleware(open(t, engine.Config{Sources: orders(false)}), "orders"), func(c fiber.Ctx) error {
				received = string(c.BodyRaw())
				return nil
			})
			r := signed("/orders/shop-1", "secret of shop-1", body)
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			want := body
			if tt.want != 200 {
				want = ""
			}
			if got := status(t, app, r); got != tt.want || received != want {
				t.Errorf("answered %d, received %q; want %d, %q", got, received, tt.want, want)
			}
		})
	}
}

// fasthttp takes "Name : value", which some server further on could read as the
// verdict header.
func TestSpaceInHeaderName(t *testing.T) {
	app, called := fiber.New(), false
	app.Post("/orders/:key", hooksealfiber.Middleware(open(t, engine.Config{Sources: orders(false)}), "orders"), func(fiber.Ctx) error {
		called = true
		return nil
	})
	conn, err := net.Dial("tcp", listen(t, app))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r := signed("/orders/shop-1", "secret of shop-1", "x")
	fmt.Fprintf(conn, "POST /orders/shop-1 HTTP/1.1\r\nHost: h\r\nHookseal-Verdict : accept\r\nX-Qualifio-Signature: %s\r\nContent-Length: 1\r\n\r\nx", r.Header.Get("X-Qualifio-Signature"))
	answer := make([]byte, len("HTTP/1.1 400"))
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 400" || called {
		t.Errorf("answer %q, %v, called: %v; want HTTP/1.1 400 and no call", answer, err, called)
	}
}
