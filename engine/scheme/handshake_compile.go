package scheme

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

func (s *Scheme) compileHandshakes(defs []HandshakeDef, settings map[string]string) error {
	var faults []error
	for i, d := range defs {
		h, err := s.compileHandshake(d, settings)
		if err != nil {
			faults = append(faults, fmt.Errorf("handshake %d: %w", i+1, err))
		}
		s.handshakes = append(s.handshakes, h)
	}
	return errors.Join(faults...)
}

func (s *Scheme) compileHandshake(d HandshakeDef, settings map[string]string) (handshake, error) {
	h := handshake{
		methods: d.Method, unsigned: d.Unsigned,
		reply: webhook.Challenge{Status: d.Status, ContentType: d.Type, Body: []byte(d.Body), Unsigned: d.Unsigned},
	}
	if d.Status == 0 {
		h.reply.Status = http.StatusOK
	}
	if d.Unsigned && len(d.Method) == 0 {
		h.methods = []string{http.MethodPost}
	}
	if err := errors.Join(d.check(h.reply.Status), h.compileValues(d, settings)); err != nil {
		return h, err
	}
	if err := errors.Join(h.compileReply(d, settings), s.compileAnswer(&h, d.Answer, settings)); err != nil {
		return h, err
	}
	h.traces = tracesOf(h.value, h.set)
	return h, errors.Join(h.checkCondition(), h.checkKeep(), s.vouchesFor(&h))
}

// check reports parts of a definition that contradict each other.
func (d *HandshakeDef) check(status int) error {
	answers := 0
	for _, given := range []bool{d.Echo != "", d.Body != "", len(d.JSON) > 0} {
		if given {
			answers++
		}
	}
	for _, m := range d.Method {
		if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost, http.MethodPut}, m) {
			return fmt.Errorf("method %q is none of GET, HEAD, OPTIONS, POST, PUT", m)
		}
	}
	switch {
	case (d.Value == "") != (len(d.In) == 0):
		return errors.New("needs value and in, which tell the challenge from an event, together")
	case !d.Unsigned && d.Value == "" && len(d.Present) == 0:
		return errors.New("needs value and in, or present, which tell the challenge from an event")
	case status < 200 || status > 299:
		return fmt.Errorf("status = %d, want 200 to 299", d.Status)
	case answers > 1:
		return errors.New("one of body, echo and json is answered, not both")
	case d.Body == "" && answers == 1 && d.Type != "":
		return fmt.Errorf("type = %q: what a request chose is answered as %s or %s", d.Type, echoType, jsonType)
	case d.Body != "" && d.Type == "":
		return errors.New("a body needs its type, and a status other than 204")
	case answers > 0 && status == http.StatusNoContent:
		return errors.New("an answer with a body needs a status other than 204")
	case d.Token != "" && !d.Unsigned:
		return errors.New("token goes with unsigned = true: a signed challenge proves more")
	case d.Keep != "" && !d.Unsigned:
		return errors.New("keep goes with unsigned = true: before the secret is known nothing can be signed by it")
	case d.Confirm != nil && d.Unsigned:
		return errors.New("confirm needs a signature: anybody could have any URL visited")
	}
	return nil
}

func (h *handshake) compileValues(d HandshakeDef, settings map[string]string) error {
	var err error
	single := func(to **reference, name, text string) {
		if text == "" || err != nil {
			return
		}
		*to, err = parseSingle(name, text, settings)
	}
	list := func(to *[]*reference, name string, texts List) {
		for _, text := range texts {
			var ref *reference
			if single(&ref, name, text); ref != nil {
				*to = append(*to, ref)
			}
		}
	}
	single(&h.value, "value", d.Value)
	single(&h.token, "token", d.Token)
	single(&h.keep, "keep", d.Keep)
	list(&h.present, "present", d.Present)
	list(&h.unless, "unless", d.Unless)
	if err != nil {
		return err
	}
	for _, text := range d.In {
		if text, err = fillSettings(text, settings); err != nil {
			return err
		}
		h.set = append(h.set, text)
	}
	if h.limit, err = compileLimit(d.Limit); err != nil {
		return err
	}
	if d.Confirm != nil {
		h.confirm, err = compileConfirm(d.Confirm, settings)
	}
	return err
}

func (h *handshake) compileReply(d HandshakeDef, settings map[string]string) error {
	var faults []error
	compose := func(name, text string) composition {
		c, err := parseComposition(name, text, settings)
		if err == nil && c.has(tokenPart) {
			err = fmt.Errorf("%s: the token is never given back", name)
		}
		if err == nil && c.has(answerPart) && d.Answer == nil {
			err = fmt.Errorf("%s: {answer} needs the key answer", name)
		}
		faults = append(faults, err)
		h.needed = append(h.needed, c.references()...)
		return c
	}
	if d.Echo != "" {
		h.echo, h.reply.ContentType = compose("echo", d.Echo), echoType
	}
	if len(d.JSON) > 0 {
		h.json, h.reply.ContentType = map[string]composition{}, jsonType
	}
	for name, text := range d.JSON {
		h.json[name] = compose("json."+name, text)
	}
	h.header = map[string]composition{}
	for name, text := range d.Headers {
		canonical := http.CanonicalHeaderKey(name)
		if reserved[canonical] || strings.ContainsFunc(name, func(r rune) bool { return r != '-' && !inToken(byte(min(r, 255))) }) {
			faults = append(faults, fmt.Errorf("headers: %q is no header that an answer may have", name))
		}
		c := compose("headers."+name, text)
		if !c.oneLine() {
			faults = append(faults, fmt.Errorf("headers.%s: %q is more than one line of printable ASCII", name, text))
		}
		h.header[canonical] = c
	}
	return errors.Join(faults...)
}

// checkCondition refuses an unsigned challenge that every request would be.
func (h *handshake) checkCondition() error {
	if h.keep != nil {
		h.needed = append(h.needed, h.keep)
	}
	if !h.unsigned || h.value != nil || len(h.present)+len(h.needed) > 0 || !slices.ContainsFunc(h.methods, carriesEvents) {
		return nil
	}
	return errors.New("unsigned = true needs what tells the challenge from an event: value and in, present, a value in the answer, or a method other than POST and PUT")
}

func carriesEvents(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == ""
}

// minKept is the length of the shortest secret that is taken from a provider.
const minKept = 16

func (h *handshake) checkKeep() error {
	if h.keep != nil && (h.answer != nil || h.limit.alphabet == wordsAlphabet) {
		return fmt.Errorf("keep takes a secret of the alphabet %s or %s, and answers nothing with another", tokenAlphabet, base64Alphabet)
	}
	return nil
}

// vouchesFor refuses a signed handshake by values that the signature does not
// cover: whoever has seen an event could make a challenge of it. What is given
// back alone need not be covered.
func (s *Scheme) vouchesFor(h *handshake) error {
	if h.unsigned {
		return nil
	}
	refs := slices.Concat(h.present, h.unless)
	if h.value != nil {
		refs = append(refs, h.value)
	}
	if h.confirm != nil {
		refs = append(refs, h.confirm.url)
	}
	for i := range s.candidates {
		c := &s.candidates[i]
		for _, ref := range refs {
			if !ref.coveredBy(s.signed(c), c.covers.Has(webhook.CoversBody)) {
				return fmt.Errorf("{%s} is not covered by the signature", ref.source)
			}
		}
	}
	return nil
}
