package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Main runs scripts for the server that started this program with
// [Config].Args, and ends the program when the server is done with it. A program
// calls it before anything else.
func Main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "script worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// server is the worker's own side. What comes from its parent it trusts.
type server struct {
	in      *bufio.Reader
	out     io.Writer
	cell    *cell
	scripts map[uint64]hosted
}

// hosted is a script, and the most bytes of what it gives.
type hosted struct {
	webhook.Guest
	most int64
}

// serve answers one message after the other until the input ends.
func serve(in io.Reader, out io.Writer) error {
	s := &server{in: bufio.NewReader(in), out: out, scripts: map[uint64]hosted{}}
	if err := s.start(); err != nil {
		return err
	}
	for {
		f, err := readFrame(s.in, bounds{kindLoad: maxFrame, kindTransform: maxFrame, kindClaim: maxFrame})
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.answer(f)
		}
		if err != nil {
			return err
		}
		s.cell.tidy()
	}
}

// start shuts the process in, and says that it is ready.
func (s *server) start() error {
	f, err := readFrame(s.in, bounds{kindStart: maxFrame})
	if err != nil {
		return err
	}
	var m startMessage
	if err := readValue(f.payload, &m); err != nil {
		return err
	}
	if s.cell, err = confine(m.Memory); err != nil {
		return fmt.Errorf("confine: %w", err)
	}
	return s.send(kindReady, readyMessage{Protocol: protocol})
}

func (s *server) answer(f frame) error {
	switch f.kind {
	case kindLoad:
		return s.load(f.payload)
	case kindTransform:
		return s.transform(f.payload)
	default:
		return s.claim(f.payload)
	}
}

func (s *server) load(payload []byte) error {
	var m loadMessage
	if err := readValue(payload, &m); err != nil {
		return err
	}
	loader := script.Loader{}
	if m.Bundles {
		loader.Bundler = &remoteBundler{server: s, endings: m.Bundled}
	}
	var guest webhook.Guest
	var err error
	s.cell.load(func() { guest, err = loader.Load(context.Background(), m.Code) })
	if err != nil {
		return s.sendError(err)
	}
	s.scripts[m.Script] = hosted{guest, mostOutput(m.Code.Limits)}
	return s.send(kindLoaded, loadedMessage{Hash: guest.Hash(), Hooks: guest.Hooks()})
}

func (s *server) transform(payload []byte) error {
	var m transformMessage
	if err := readValue(payload, &m); err != nil {
		return err
	}
	var unsent error
	tc := webhook.TransformContext{Subscription: m.Subscription, Endpoint: m.Endpoint, Settings: m.Settings}
	if m.Logs {
		tc.Log = func(level, line string) {
			unsent = errors.Join(unsent, s.send(kindLog, logMessage{level, line}))
		}
	}
	guest := s.scripts[m.Script]
	var outputs []webhook.Output
	var err error
	s.cell.watch(func() { outputs, err = guest.Transform(context.Background(), &m.Event, tc) })
	if unsent != nil {
		return unsent
	}
	if err != nil {
		return s.sendError(err)
	}
	return s.sendResult(guest, kindOutputs, outputsMessage{outputs})
}

func (s *server) claim(payload []byte) error {
	var m claimMessage
	if err := readValue(payload, &m); err != nil {
		return err
	}
	guest := s.scripts[m.Script]
	var claim *webhook.Claim
	var err error
	s.cell.watch(func() { claim, err = guest.Claim(context.Background(), &m.Request, m.Settings) })
	if err != nil {
		return s.sendError(err)
	}
	return s.sendResult(guest, kindClaimed, claimedOf(claim))
}

// sendResult sends what a call gave, unless it is more than the server takes.
func (s *server) sendResult(guest hosted, k kind, result any) error {
	b, err := encode(k, result)
	if err != nil {
		return err
	}
	if int64(len(b)-header) > guest.most {
		return s.sendError(&webhook.GuestError{
			Guest: guest.Name(), Kind: webhook.GuestOutput, Message: fmt.Sprintf("handed out %d bytes, the limit is %d", len(b)-header, guest.most),
		})
	}
	_, err = s.out.Write(b)
	return err
}

// sendError sends why a call gave nothing.
func (s *server) sendError(err error) error {
	if fault, ok := errors.AsType[*webhook.GuestError](err); ok {
		return s.send(kindFault, *fault)
	}
	return s.send(kindFailure, failureMessage{err.Error()})
}

func (s *server) send(k kind, message any) error {
	b, err := encode(k, message)
	if err != nil {
		return err
	}
	_, err = s.out.Write(b)
	return err
}

// remoteBundler has the server bundle, which may read files.
type remoteBundler struct {
	server  *server
	endings []string
}

var _ script.Bundler = (*remoteBundler)(nil)

// Extensions returns those of the server's bundler.
func (b *remoteBundler) Extensions() []string { return b.endings }

// Bundle asks for the bundle of the script that is being loaded.
func (b *remoteBundler) Bundle(webhook.GuestCode) (*script.Bundle, error) {
	if err := b.server.send(kindWantBundle, nothing{}); err != nil {
		return nil, err
	}
	f, err := readFrame(b.server.in, bounds{kindBundle: maxFrame, kindNoBundle: maxFrame})
	if err != nil {
		return nil, err
	}
	if f.kind == kindNoBundle {
		var fault webhook.GuestError
		if err := readValue(f.payload, &fault); err != nil {
			return nil, err
		}
		return nil, &fault
	}
	var m bundleMessage
	if err := readValue(f.payload, &m); err != nil {
		return nil, err
	}
	return &script.Bundle{Script: m.Script, Origins: m.Origins}, nil
}
