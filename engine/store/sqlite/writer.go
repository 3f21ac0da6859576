package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// batchCalls and batchBytes bound one transaction.
	batchCalls = 1024
	batchBytes = 32 << 20
)

// writer owns the connection that writes, and all that is known in memory about
// the file. One goroutine runs it.
type writer struct {
	path     string
	pragmas  []string
	mostKeys int
	log      *slog.Logger
	onCommit func(Commit)

	requests chan *request
	stopped  chan error

	// conn is nil after a failure from which it could not be brought back; the
	// next transaction opens another.
	conn *conn
	book *book
	// recent is never nil once the writer has started. Others read it.
	recent atomic.Pointer[recentKeys]
	// batch is what is gathered, and bytes how much its bodies take.
	batch []*request
	bytes int
	// followRows is the most deliveries that follow an endpoint in a transaction.
	followRows int64
	// stuck says that they failed to: they wait for a call that succeeds.
	stuck bool
}

func startWriter(path string, opts Options) (*writer, error) {
	w := &writer{
		path:     path,
		pragmas:  writerPragmas(opts.Synchronous),
		mostKeys: opts.RecentKeys,
		log:      opts.Logger,
		onCommit: opts.OnCommit,
		requests: make(chan *request, batchCalls),

		followRows: followRows,
		stopped:    make(chan error, 1),
	}
	if err := w.connect(); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

// do hands the request to the writer and waits for its commit. It must not be
// called after stop.
func (w *writer) do(ctx context.Context, r *request) error {
	r.done = make(chan struct{})
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
	}
	if r.taken.CompareAndSwap(false, true) {
		return ctx.Err()
	}
	<-r.done
	return r.err
}

// stop ends the goroutine and closes the connection.
func (w *writer) stop() error {
	close(w.requests)
	return <-w.stopped
}

// run serves the calls. Between them it lets deliveries follow their endpoints, and
// so keeps nobody waiting for all of them.
func (w *writer) run() {
	for open := true; open; {
		var first *request
		if first, open = w.next(); first != nil {
			w.gather(first)
			w.serve(w.batch)
			clear(w.batch)
		}
		if open && w.follows() {
			w.followOn()
		}
	}
	var err error
	if w.conn != nil {
		err = w.conn.close()
	}
	w.stopped <- err
}

// next waits for a call, if there is nothing else to do.
func (w *writer) next() (first *request, open bool) {
	if !w.follows() {
		first, open = <-w.requests
		return first, open
	}
	select {
	case first, open = <-w.requests:
		return first, open
	default:
		return nil, true
	}
}

// gather takes first and whatever else is waiting. As long as calls keep coming
// it lets others run before it looks again, since those who were answered last
// time are about to call: a call costs less the more of them share a commit. A
// caller who is alone waits for nobody.
func (w *writer) gather(first *request) {
	w.batch, w.bytes = w.batch[:0], 0
	w.take(first)
	for seen := -1; seen < len(w.batch) && !w.full(); {
		seen = len(w.batch)
		runtime.Gosched()
		w.takeWaiting()
	}
}

// take adds a request to the batch, unless its caller has given up.
func (w *writer) take(r *request) {
	if r.taken.CompareAndSwap(false, true) {
		w.batch = append(w.batch, r)
		w.bytes += r.size()
	}
}

func (w *writer) takeWaiting() {
	for !w.full() {
		select {
		case r, open := <-w.requests:
			if !open {
				return
			}
			w.take(r)
		default:
			return
		}
	}
}

func (w *writer) full() bool { return len(w.batch) == batchCalls || w.bytes >= batchBytes }

// serve commits the batch and answers it. If it fails as a whole, each request
// gets a transaction of its own, so that one does not spoil the others.
func (w *writer) serve(batch []*request) {
	if len(batch) == 0 {
		return
	}
	err := w.transact(len(batch), func(t *tx) error { return t.perform(batch) })
	w.stuck = w.stuck && err != nil
	if err != nil && len(batch) > 1 {
		w.log.Warn("transaction failed, repeating its calls one by one", "calls", len(batch), "error", err)
		for _, r := range batch {
			w.serve([]*request{r})
		}
		return
	}
	for _, r := range batch {
		if err != nil {
			r.err = err
		}
		if r.err == nil && r.after != nil {
			r.err = r.after(w.conn)
		}
		close(r.done)
	}
}

// transact does something in one transaction, for so many calls. On an error nothing
// of it is kept, in the file or in memory.
func (w *writer) transact(calls int, do func(*tx) error) error {
	err := w.connect()
	if err != nil {
		return err
	}
	t := &tx{conn: w.conn, book: w.book, recent: w.recent.Load(), followRows: w.followRows}
	if err = t.begin(); err == nil {
		err = do(t)
	}
	commit := Commit{Calls: calls}
	if err == nil {
		began := time.Now()
		err = t.commit()
		commit.Duration = time.Since(began)
	}
	if err != nil {
		w.undo(err)
	} else {
		t.recent.committed(&t.keys)
	}
	commit.Err = err
	w.onCommit(commit)
	return err
}

// connect opens the connection if there is none.
func (w *writer) connect() (err error) {
	if w.conn != nil {
		return nil
	}
	c, err := connect(w.path, w.pragmas...)
	if err != nil {
		return err
	}
	b, err := readBook(c)
	if err != nil {
		return errors.Join(err, c.close())
	}
	k, err := readRecentKeys(c, w.mostKeys)
	if err != nil {
		return errors.Join(err, c.close())
	}
	w.conn, w.book = c, b
	w.recent.Store(k)
	return nil
}

// undo rolls back, and forgets what was noted in memory meanwhile. After some
// errors of the disk SQLite has rolled back itself, or cannot: a connection
// opened anew is then in a known state.
func (w *writer) undo(cause error) {
	w.book = nil
	_, err := w.conn.exec("ROLLBACK")
	if err == nil {
		if w.book, err = readBook(w.conn); err == nil {
			return
		}
	}
	w.log.Warn("opening the database anew after a failed transaction", "cause", cause, "rollback", err)
	if err := w.conn.close(); err != nil {
		w.log.Error("close connection after a failed transaction", "error", err, "cause", cause)
	}
	w.conn = nil
}
