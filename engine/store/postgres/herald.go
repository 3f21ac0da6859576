package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/hookseal/hookseal/engine/store"
)

const (
	// channel is what nodes notify each other on.
	channel = "hookseal"
	// announceEvery bounds how often a node notifies: the commits of transactions
	// that notify wait for each other, so none of those that store anything does.
	announceEvery   = 50 * time.Millisecond
	announceTimeout = 5 * time.Second
)

// herald tells other nodes that there is something due, and listens to them.
type herald struct {
	pool   *pgxpool.Pool
	listen *pgx.ConnConfig
	log    *slog.Logger
	poll   time.Duration
	// node is told apart from the others by this.
	node string

	news   chan struct{}
	done   chan struct{}
	speech sync.WaitGroup
}

func newHerald(pool *pgxpool.Pool, listen *pgx.ConnConfig, opts Options) *herald {
	h := &herald{
		pool: pool, listen: listen, log: opts.Logger, poll: opts.Poll, node: rand.Text(),
		news: make(chan struct{}, 1), done: make(chan struct{}),
	}
	h.speech.Go(h.speak)
	return h
}

// announce says to other nodes, a little later, that there is something due. It
// never blocks.
func (h *herald) announce() {
	select {
	case h.news <- struct{}{}:
	default:
	}
}

// stop ends the herald once what it was given is said.
func (h *herald) stop() {
	close(h.done)
	h.speech.Wait()
}

func (h *herald) speak() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-h.news:
			h.notify()
		case <-h.done:
			select {
			case <-h.news:
				h.notify()
			default:
			}
			return
		}
		pause.Reset(announceEvery)
		select {
		case <-pause.C:
		case <-h.done:
		}
	}
}

func (h *herald) notify() {
	ctx, cancel := context.WithTimeout(context.Background(), announceTimeout)
	defer cancel()
	// It is a hint, which need not survive anything.
	_, err := h.pool.Exec(ctx, "WITH unsynced AS (SELECT set_config('synchronous_commit', 'off', true))"+
		" SELECT pg_notify($1, $2) FROM unsynced", planned, channel, h.node)
	if err != nil {
		h.log.Warn("other nodes could not be told of new deliveries, and find them by themselves", "error", plainly(err))
	}
}

// Watch implements [store.Waker]: it calls wake when another node has something
// new, and every Options.Poll in any case.
func (s *Store) Watch(ctx context.Context, wake func()) error {
	if !s.door.enter() {
		return store.ErrClosed
	}
	s.door.leave()
	news := func() {
		s.book.stale.Store(true)
		wake()
	}
	var listener sync.WaitGroup
	defer listener.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listener.Go(func() { s.herald.hear(ctx, news) })
	tick := time.NewTicker(s.opts.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.herald.done:
			return store.ErrClosed
		case <-tick.C:
			wake()
		}
	}
}

// hear listens until the context ends, on one connection after another.
func (h *herald) hear(ctx context.Context, news func()) {
	const longest = 30 * time.Second
	wait := h.poll
	for ctx.Err() == nil {
		began := time.Now()
		err := h.hearOne(ctx, news)
		if ctx.Err() != nil {
			return
		}
		if wait = min(2*wait, longest); time.Since(began) > longest {
			wait = h.poll
		}
		h.log.Warn("not listening to other nodes, looking for their deliveries instead",
			"every", h.poll, "error", plainly(err), "next_try_in", wait)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// hearOne listens on one connection until that breaks.
func (h *herald) hearOne(ctx context.Context, news func()) (err error) {
	c, err := pgx.ConnectConfig(ctx, h.listen.Copy())
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, c.Close(closing))
	}()
	if _, err := c.Exec(ctx, "LISTEN "+channel, pgx.QueryExecModeSimpleProtocol); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	news()
	for {
		n, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Payload != h.node {
			news()
		}
	}
}
