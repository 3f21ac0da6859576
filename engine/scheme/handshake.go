package scheme

import (
	"errors"
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

// HandshakeDef is a challenge of the provider and its answer, a [[handshake]] of
// a provider.toml. A request is one when its signature holds, Value is one of In
// and the body has no more than 8 KiB, of which the known challenges need a tenth.
// It is answered, and never accepted as an event.
//
// The answer is a fixed Body, or Echo, a value of the request. Nothing is
// computed with a secret, so that no challenge makes a signer of its receiver.
type HandshakeDef struct {
	// Value is a template of one value, In the set of texts that tell the
	// challenge.
	Value string   `toml:"value"`
	In    []string `toml:"in"`
	// Unless is a template of one value; where that is present, the request is
	// an event after all.
	Unless string `toml:"unless"`
	// Status is that of the answer, 200 where none is given.
	Status int `toml:"status"`
	// Type is the media type of Body.
	Type string `toml:"type"`
	Body string `toml:"body"`
	// Echo is a template of one value, answered as plain text. It must be 1 to
	// 256 letters, digits and -._~ alone.
	Echo string `toml:"echo"`
}

// handshake is a compiled [HandshakeDef].
type handshake struct {
	value, unless, echo *reference
	set                 []string
	reply               webhook.Challenge
	// traces are what a body that holds one of set must show, nil where that
	// cannot be said.
	traces [][]byte
}

const (
	echoType = "text/plain; charset=utf-8"
	maxEcho  = 256
	// maxChallenge bounds what is searched for a challenge, in bytes.
	maxChallenge = 8 << 10
)

func (s *Scheme) compileHandshakes(defs []HandshakeDef, settings map[string]string) error {
	var faults []error
	for i, d := range defs {
		h, err := compileHandshake(d, settings)
		if err == nil {
			err = s.vouchesFor(h)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("handshake %d: %w", i+1, err))
		}
		s.handshakes = append(s.handshakes, h)
	}
	return errors.Join(faults...)
}

func compileHandshake(d HandshakeDef, settings map[string]string) (handshake, error) {
	h := handshake{set: d.In, reply: webhook.Challenge{Status: d.Status, ContentType: d.Type, Body: []byte(d.Body)}}
	if d.Status == 0 {
		h.reply.Status = 200
	}
	switch {
	case d.Value == "" || len(d.In) == 0:
		return h, errors.New("needs value and in, which tell the challenge from an event")
	case h.reply.Status < 200 || h.reply.Status > 299:
		return h, fmt.Errorf("status = %d, want 200 to 299", d.Status)
	case d.Echo != "" && d.Body != "":
		return h, errors.New("either body or echo is answered, not both")
	case d.Echo != "" && d.Type != "":
		return h, fmt.Errorf("type = %q: what a request chose is answered as %s", d.Type, echoType)
	case d.Body != "" && (d.Type == "" || h.reply.Status == 204):
		return h, errors.New("a body needs its type, and a status other than 204")
	}
	for _, v := range []struct {
		to         **reference
		name, text string
	}{{&h.value, "value", d.Value}, {&h.unless, "unless", d.Unless}, {&h.echo, "echo", d.Echo}} {
		if v.text == "" {
			continue
		}
		var err error
		if *v.to, err = parseSingle(v.name, v.text, settings); err != nil {
			return h, err
		}
	}
	if h.echo != nil {
		h.reply.ContentType = echoType
	}
	h.traces = tracesOf(h.value, h.set)
	return h, nil
}

// vouchesFor refuses a handshake by values that a signature does not cover:
// whoever has seen an event could make a challenge of it.
func (s *Scheme) vouchesFor(h handshake) error {
	for _, c := range s.candidates {
		for _, ref := range []*reference{h.value, h.unless, h.echo} {
			if ref == nil {
				continue
			}
			for _, o := range ref.origins() {
				if !originCovered(o, c.signed(), c.covers.Has(webhook.CoversBody)) {
					return fmt.Errorf("{%s} is not covered by the signature", ref.source)
				}
			}
		}
	}
	return nil
}
