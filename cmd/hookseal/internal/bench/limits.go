package bench

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// limitTime is how long each limit is measured at most.
const limitTime = 5 * time.Second

// Limits are what the machine and net/http allow to one who keeps nothing.
type Limits struct {
	// Receive is how many of the same requests in a second a server answers that
	// reads them, and neither verifies nor stores.
	Receive float64 `json:"receive_per_second"`
	// Send is how many requests in a second a client posts from memory to the sink.
	Send float64 `json:"send_per_second"`
}

func (o *Options) limits(ctx context.Context) (Limits, error) {
	receive, err := o.limitOfReceiving(ctx)
	if err != nil {
		return Limits{}, err
	}
	send, err := o.limitOfSending(ctx)
	return Limits{receive, send}, err
}

func (o *Options) limitOfReceiving(ctx context.Context) (float64, error) {
	o.progress("measuring a server that stores nothing")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	bare := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusAccepted)
	})}
	served := make(chan error, 1)
	go func() { served <- bare.Serve(ln) }()
	t := newTally(0)
	ctx, cancel := context.WithTimeout(ctx, min(o.Duration, limitTime))
	defer cancel()
	l := load{addr: ln.Addr().String(), connections: o.Connections, size: o.Size, endpoints: o.Endpoints, tally: t}
	err = l.run(ctx)
	rate := float64(t.accepted.Load()) / time.Since(t.began).Seconds()
	err = errors.Join(err, bare.Close())
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return rate, err
}

func (o *Options) limitOfSending(ctx context.Context) (float64, error) {
	o.progress("measuring a client that posts from memory")
	s, err := startSink(false, func([]byte) {})
	if err != nil {
		return 0, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: o.Connections}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	ctx, cancel := context.WithTimeout(ctx, min(o.Duration, limitTime))
	defer cancel()
	began := time.Now()
	var sent atomic.Int64
	var sending sync.WaitGroup
	faults := make(chan error, o.Connections)
	for range o.Connections {
		sending.Go(func() {
			body := newLetter(o.Size, o.Endpoints).body
			for ctx.Err() == nil {
				if err := post(&client, s.url(), body); err != nil {
					faults <- err
					return
				}
				sent.Add(1)
			}
		})
	}
	sending.Wait()
	rate := float64(sent.Load()) / time.Since(began).Seconds()
	select {
	case err := <-faults:
		return 0, errors.Join(err, s.close())
	default:
		return rate, s.close()
	}
}

func post(client *http.Client, url string, body []byte) error {
	resp, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
