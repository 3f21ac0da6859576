package bench

import (
	"bufio"
	"io"
	"net"
	"sync"
)

// sink takes deliveries in. It answers each with 200, or, if it is mute, none.
type sink struct {
	listener net.Listener
	take     func(body []byte)
	mute     bool

	mu    sync.Mutex
	open  map[net.Conn]bool
	ended bool
	serve sync.WaitGroup
}

func startSink(mute bool, take func([]byte)) (*sink, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{listener: ln, take: take, mute: mute, open: map[net.Conn]bool{}}
	s.serve.Go(s.accept)
	return s, nil
}

func (s *sink) url() string { return "http://" + s.listener.Addr().String() }

func (s *sink) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.ended {
			conn.Close()
		} else {
			s.open[conn] = true
			s.serve.Go(func() { s.connection(conn) })
		}
		s.mu.Unlock()
	}
}

var okAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

// connection serves until the sender, or close, ends it.
func (s *sink) connection(conn net.Conn) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, conn)
		conn.Close()
	}()
	r := bufio.NewReaderSize(conn, 4096)
	var body []byte
	for {
		if _, err := r.ReadSlice('\n'); err != nil {
			return
		}
		length, err := readHeader(r)
		if err != nil {
			return
		}
		if cap(body) < length {
			body = make([]byte, length)
		}
		if _, err := io.ReadFull(r, body[:length]); err != nil {
			return
		}
		if s.mute {
			continue
		}
		s.take(body[:length])
		if _, err := conn.Write(okAnswer); err != nil {
			return
		}
	}
}

func (s *sink) close() error {
	err := s.listener.Close()
	s.mu.Lock()
	s.ended = true
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.serve.Wait()
	return err
}
