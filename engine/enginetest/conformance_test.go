package enginetest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

func TestMiddleware(t *testing.T) {
	Run(t, Connector{Start: func(t *testing.T, s Setup) Entry {
		return Entry{Addr: Serve(t, s.Engine.Middleware(s.Source)(s.App))}
	}})
}

// A middleware reads again what another has read, and replaces its verdict.
func TestMiddlewareInsideAnother(t *testing.T) {
	Run(t, Connector{Start: func(t *testing.T, s Setup) Entry {
		inner := s.Engine.Middleware(s.Source)(s.App)
		return Entry{Addr: Serve(t, s.Engine.Middleware(s.Source)(inner))}
	}})
}

func TestAuthHandler(t *testing.T) {
	Run(t, Connector{Start: func(t *testing.T, s Setup) Entry {
		verify := httptest.NewServer(s.Engine.AuthHandler(s.Source, engine.AuthRequest{TargetHeader: "X-Original-URI"}))
		t.Cleanup(verify.Close)
		p := &proxy{verify: verify.Listener.Addr().String(), app: Serve(t, s.App), transport: &http.Transport{DisableCompression: true}}
		t.Cleanup(p.transport.CloseIdleConnections)
		return Entry{Addr: Serve(t, p), Down: verify.Close}
	}})
}

// proxy asks another server before it passes a request on, as nginx does with
// auth_request and a buffered body.
type proxy struct {
	verify, app string
	transport   *http.Transport
}

var challengeStatus = regexp.MustCompile(`^challenge;.*; status=(\d+)$`)

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2*maxBody))
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	asked, err := p.send(p.verify, r, "/verify", body, http.Header{"X-Original-Uri": {r.RequestURI}})
	if err != nil {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	defer asked.Body.Close()
	verdict := asked.Header.Get(engine.VerdictHeader)
	if m := challengeStatus.FindStringSubmatch(verdict); m != nil {
		if status, err := strconv.Atoi(m[1]); err == nil {
			asked.StatusCode = status
		}
		copyAnswer(w, asked)
		return
	}
	if asked.StatusCode != http.StatusOK || verdict == "" {
		copyAnswer(w, asked)
		return
	}
	passed, err := p.send(p.app, r, r.RequestURI, body, http.Header{engine.VerdictHeader: {verdict}})
	if err != nil {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	defer passed.Body.Close()
	copyAnswer(w, passed)
}

// send sends r to a server, as it came but for the fields that are set. A field
// with an underscore is dropped, as nginx does.
func (p *proxy) send(addr string, r *http.Request, target string, body []byte, set http.Header) (*http.Response, error) {
	path, query, _ := strings.Cut(target, "?")
	out := &http.Request{
		Method: r.Method, URL: &url.URL{Scheme: "http", Host: addr, Opaque: path, RawQuery: query}, Host: r.Host,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	for name, values := range r.Header {
		if name != "Connection" && name != "Expect" && !strings.Contains(name, "_") {
			out.Header[name] = values
		}
	}
	for name, values := range set {
		out.Header[name] = values
	}
	return p.transport.RoundTrip(out.WithContext(r.Context()))
}

func copyAnswer(w http.ResponseWriter, resp *http.Response) {
	if kind := resp.Header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

// Each of these goes wrong in a way of its own, and the suite says in which
// scenarios.
func TestSuiteCatches(t *testing.T) {
	for _, tt := range []struct {
		name string
		with func(eng *engine.Engine, app http.Handler) http.Handler
		// fails are the beginnings of the scenarios that must fail.
		fails []string
	}{
		{"nothing in between", func(_ *engine.Engine, app http.Handler) http.Handler { return app }, []string{
			"60 bytes of JSON", "forged", "over the limit", "signed twice", "cut off", "a spoofed verdict",
		}},
		{"the body is gone", func(eng *engine.Engine, app http.Handler) http.Handler {
			return eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Body = http.NoBody
				app.ServeHTTP(w, r)
			}))
		}, []string{"60 bytes of JSON", "400 kB", "gzip", "repeated headers"}},
		{"the body is unpacked", func(eng *engine.Engine, app http.Handler) http.Handler {
			return eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Content-Encoding") == "gzip" {
					if unpacked, err := gzip.NewReader(r.Body); err == nil {
						r.Body = unpacked
					}
				}
				app.ServeHTTP(w, r)
			}))
		}, []string{"gzip is left alone"}},
		{"the path is cleaned", func(eng *engine.Engine, app http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/", eng.Middleware(signedSource)(app))
			return mux
		}, []string{"the target"}},
		{"headers are joined", func(eng *engine.Engine, app http.Handler) http.Handler {
			return eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Set("X-Thing", strings.Join(r.Header.Values("X-Thing"), ","))
				app.ServeHTTP(w, r)
			}))
		}, []string{"repeated headers"}},
		{"the verdict is lost", func(eng *engine.Engine, app http.Handler) http.Handler {
			return eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Header.Del(engine.VerdictHeader)
				app.ServeHTTP(w, r)
			}))
		}, []string{"60 bytes of JSON", "a spoofed verdict, HTTP/2"}},
		{"an underscore passes", func(eng *engine.Engine, app http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, spoofed := r.Header["Hookseal_verdict"]
				eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if spoofed {
						r.Header["Hookseal_verdict"] = []string{"accept"}
					}
					app.ServeHTTP(w, r)
				})).ServeHTTP(w, r)
			})
		}, []string{"a spoofed verdict, HTTP/2"}},
		{"the application is called twice", func(eng *engine.Engine, app http.Handler) http.Handler {
			return eng.Middleware(signedSource)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				app.ServeHTTP(httptest.NewRecorder(), r)
				app.ServeHTTP(w, r)
			}))
		}, []string{"60 bytes of JSON"}},
		{"a partial body is judged alone", func(eng *engine.Engine, app http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(io.LimitReader(r.Body, 100))
				r.Body = io.NopCloser(bytes.NewReader(body))
				app.ServeHTTP(w, r)
			})
		}, []string{"400 kB", "cut off", "over the limit"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &app{}
			entry := Entry{Addr: Serve(t, tt.with(openEngine(t), a))}
			for _, s := range scenarios() {
				err := s.run(entry, a)
				a.take()
				must := slices.ContainsFunc(tt.fails, func(prefix string) bool { return strings.HasPrefix(s.name, prefix) })
				if must && err == nil {
					t.Errorf("%q passes", s.name)
				}
			}
		})
	}
}
