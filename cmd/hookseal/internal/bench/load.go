package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// load posts webhooks from a number of connections until the context ends.
type load struct {
	addr        string
	connections int
	size        int
	endpoints   int
	tally       *tally
}

// run returns the first error; requests that were under way are answered first.
func (l *load) run(ctx context.Context) error {
	faults := make(chan error, l.connections)
	var posting sync.WaitGroup
	for range l.connections {
		posting.Go(func() {
			if err := l.connection(ctx); err != nil {
				faults <- err
			}
		})
	}
	posting.Wait()
	select {
	case err := <-faults:
		return fmt.Errorf("post: %w", err)
	default:
		return nil
	}
}

func (l *load) connection(ctx context.Context) error {
	conn, err := net.Dial("tcp", l.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers := bufio.NewReaderSize(conn, 1024)
	letter := newLetter(l.size, l.endpoints)
	for ctx.Err() == nil {
		n, ok := l.tally.take()
		if !ok {
			return nil
		}
		if _, err := conn.Write(letter.write(n, time.Now())); err != nil {
			return err
		}
		status, err := readAnswer(answers)
		switch {
		case err != nil:
			return err
		case status == 202:
			l.tally.accept(n)
		default:
			l.tally.refused.Add(1)
		}
	}
	return nil
}

// readAnswer reads one answer whose length is given, and returns its status.
func readAnswer(r *bufio.Reader) (int, error) {
	first, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(first) < len("HTTP/1.1 202") {
		return 0, fmt.Errorf("answer %q", first)
	}
	status, err := strconv.Atoi(string(first[9:12]))
	if err != nil {
		return 0, fmt.Errorf("answer %q", first)
	}
	length, err := readHeader(r)
	if err != nil {
		return 0, err
	}
	_, err = r.Discard(length)
	return status, err
}

var contentLength = []byte("content-length:")

// readHeader reads header fields to their end, and returns the length of the body.
func readHeader(r *bufio.Reader) (length int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return length, nil
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, err
			}
		}
	}
}
