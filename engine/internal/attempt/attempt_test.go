package attempt_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/webhook"
)

const patience = 10 * time.Second

// newSender returns a sender over a transport that ends with the test.
func newSender(t *testing.T) attempt.Sender {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return attempt.Sender{Transport: transport, UserAgent: "hookseal/test"}
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func post(t *testing.T, target, body string) *webhook.Request {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return &webhook.Request{
		Method: http.MethodPost,
		Scheme: u.Scheme,
		Host:   u.Host,
		Target: u.RequestURI(),
		Header: http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {"msg_1"}},
		Body:   []byte(body),
	}
}

func TestSendStatuses(t *testing.T) {
	tests := []struct {
		status    int
		succeeded bool
	}{
		{200, true},
		{201, true},
		{202, true},
		{204, true},
		{299, true},
		{300, false},
		{301, false},
		{302, false},
		{304, false},
		{307, false},
		{308, false},
		{400, false},
		{401, false},
		{404, false},
		{410, false},
		{429, false},
		{500, false},
		{503, false},
		{599, false},
	}
	var requests atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Location", "/elsewhere")
		status, err := strconv.Atoi(r.URL.Query().Get("status"))
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	})
	sender := newSender(t)
	for i, test := range tests {
		made := sender.Send(t.Context(), post(t, target+"/?status="+strconv.Itoa(test.status), "{}"), patience)
		if made.Status != test.status || made.Succeeded() != test.succeeded || made.Error != "" {
			t.Errorf("Send = status %d, succeeded %v, error %q; want %d, %v and none",
				made.Status, made.Succeeded(), made.Error, test.status, test.succeeded)
		}
		if got := requests.Load(); got != int64(i+1) {
			t.Fatalf("%d requests after status %d, want %d: a redirect was followed", got, test.status, i+1)
		}
	}
}

func TestSendRedirectWithBadLocation(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://[bad?token=hunter2")
		w.WriteHeader(http.StatusFound)
	})
	made := newSender(t).Send(t.Context(), post(t, target, "{}"), patience)
	if made.Status != http.StatusFound || made.Error != "" {
		t.Errorf("Send = %d %q, want 302 and no error", made.Status, made.Error)
	}
}

func TestSendRequest(t *testing.T) {
	type seen struct {
		method, target, host, agent, id string
		length                          int64
		chunked                         bool
		body                            string
	}
	var got seen
	target := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = seen{
			r.Method, r.RequestURI, r.Host, r.Header.Get("User-Agent"), r.Header.Get("Webhook-Id"),
			r.ContentLength, len(r.TransferEncoding) > 0, string(body),
		}
	})
	sender := newSender(t)
	for _, body := range []string{`{"a":1}`, "", strings.Repeat("x", 1<<20)} {
		request := post(t, target+"/a%2Fb/%C3%A9?x=1&y=%20;z", body)
		made := sender.Send(t.Context(), request, patience)
		want := seen{
			"POST", "/a%2Fb/%C3%A9?x=1&y=%20;z", request.Host, "hookseal/test", "msg_1",
			int64(len(body)), false, body,
		}
		if got != want {
			t.Errorf("the endpoint saw %.200v, want %.200v", got, want)
		}
		if !made.Succeeded() || made.Duration <= 0 || made.At.IsZero() {
			t.Errorf("Send = %+v, want a success with its time", made)
		}
		if request.Header.Get("User-Agent") != "" {
			t.Error("Send changed the request's header")
		}
	}
	request := post(t, target, "{}")
	request.Header.Set("User-Agent", "smino-webhooks")
	sender.Send(t.Context(), request, patience)
	if got.agent != "smino-webhooks" {
		t.Errorf("User-Agent = %q, want the request's own", got.agent)
	}
}

func TestSendKeepsBeginningOfResponse(t *testing.T) {
	answer := strings.Repeat("0123456789abcdef", 4096) // 64 KiB
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, answer[:attempt.ReadBody])
	})
	made := newSender(t).Send(t.Context(), post(t, target, "{}"), patience)
	if want := []byte(answer[:attempt.KeptBody]); !bytes.Equal(made.Response, want) {
		t.Errorf("kept %d bytes of the response, want the first %d", len(made.Response), len(want))
	}
}

// TestSendLeavesLongResponse answers with 200 MB, most of which must be left
// with the endpoint: its write fails once the connection is closed.
func TestSendLeavesLongResponse(t *testing.T) {
	const size = 200 << 20
	written := make(chan int64, 1)
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		n, err := io.Copy(w, io.LimitReader(zeros{}, size))
		if err == nil {
			t.Error("the whole response was taken")
		}
		written <- n
	})
	made := newSender(t).Send(t.Context(), post(t, target, "{}"), patience)
	if made.Status != 200 || len(made.Response) != attempt.KeptBody {
		t.Errorf("Send = %d with %d bytes, want 200 with %d", made.Status, len(made.Response), attempt.KeptBody)
	}
	// Beyond what was read there are the buffers of two sockets.
	if n := <-written; n > size/4 {
		t.Errorf("the endpoint could write %d bytes of %d", n, size)
	}
}

func TestSendReusesConnection(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, 32<<10))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	sender := newSender(t)
	for range 5 {
		if made := sender.Send(t.Context(), post(t, server.URL, "{}"), patience); !made.Succeeded() {
			t.Fatalf("Send = %+v, want success", made)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("5 attempts took %d connections, want 1", n)
	}
}

func TestSendBodyBreaksOff(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	made := newSender(t).Send(t.Context(), post(t, target, "{}"), patience)
	if !made.Succeeded() || string(made.Response) != "half" {
		t.Errorf("Send = %d %q, want 200 with what came", made.Status, made.Response)
	}
}

func TestSendRetryAfter(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	made := newSender(t).Send(t.Context(), post(t, target, "{}"), patience)
	if made.RetryAfter != 2*time.Minute {
		t.Errorf("RetryAfter = %v, want 2m", made.RetryAfter)
	}
}

func TestSendCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	target := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	made := newSender(t).Send(ctx, post(t, target, "{}"), patience)
	if made.Status != 0 || made.Error != "canceled" {
		t.Errorf("Send = %d %q, want no status and \"canceled\"", made.Status, made.Error)
	}
}

// zeros reads as zero bytes without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
