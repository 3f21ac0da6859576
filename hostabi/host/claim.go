package host

import (
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func claimFunctions() map[string]function {
	f := func(params string, run func(a args)) function {
		return function{params: params, silent: true, hook: webhook.HookClaim, run: func(a args) hostabi.Result {
			run(a)
			return 0
		}}
	}
	return map[string]function{
		hostabi.FuncAlternative:        f("ii", beginAlternative),
		hostabi.FuncCheck:              f("ii", beginCheck),
		hostabi.FuncKey:                f("iii", setKey),
		hostabi.FuncKeyID:              f("i", setKeyID),
		hostabi.FuncKeyURL:             f("iii", setKeyURL),
		hostabi.FuncPartLiteral:        f("ii", func(a args) { a.addPart(webhook.Part{Kind: webhook.Literal, Text: a.held(0)}) }),
		hostabi.FuncPartValue:          f("i", addValue),
		hostabi.FuncPartBody:           f("", func(a args) { a.addPart(webhook.Part{Kind: webhook.RawBody}) }),
		hostabi.FuncPartECMAScriptBody: f("", func(a args) { a.addPart(webhook.Part{Kind: webhook.ECMAScriptBody}) }),
		hostabi.FuncPartCanonicalBody:  f("", func(a args) { a.addPart(webhook.Part{Kind: webhook.CanonicalBody}) }),
		hostabi.FuncPartSecret:         f("", func(a args) { a.addPart(webhook.Part{Kind: webhook.SecretText}) }),
		hostabi.FuncPartDigest:         f("iii", addDigest),
		hostabi.FuncPartEnd:            f("", endDigest),
		hostabi.FuncSignature:          f("ii", addSignature),
		hostabi.FuncID:                 f("i", func(a args) { a.call.claim.id = a.call.value(a.i32(0)).Value }),
		hostabi.FuncType:               f("i", func(a args) { a.call.claim.typ = a.call.value(a.i32(0)).Value }),
		hostabi.FuncTime:               f("i", setTime),
		hostabi.FuncTimeUnit:           f("i", addTimeUnit),
		hostabi.FuncTimeBound:          f("II", boundTime),
		hostabi.FuncTimeTolerance:      f("ii", tolerateTime),
		hostabi.FuncChallenge:          f("iiiiii", setChallenge),
		hostabi.FuncRefuse:             f("ii", refuse),
	}
}

func beginAlternative(a args) {
	a.closed()
	b := a.count()
	b.alternatives = append(b.alternatives, alternative{Alternative: webhook.Alternative{Name: a.held(0)}})
}

func beginCheck(a args) {
	a.closed()
	a.count()
	alt, algorithm := a.alternative(), webhook.Algorithm(a.held(0))
	if allowed := a.call.algorithms; allowed != nil && !slices.Contains(allowed, algorithm) {
		a.call.misuse("%s: the module's manifest does not list the algorithm %q; it lists %s", a.name, clip(string(algorithm)), listed(allowed))
	}
	alt.AllOf = append(alt.AllOf, webhook.Check{Algorithm: algorithm})
}

func setKey(a args) {
	from := hostabi.KeyOrigin(a.i32(0))
	if from < hostabi.SourceSecrets || from > hostabi.Referenced {
		a.call.misuse("there is no key origin %d", from)
	}
	key := &a.check().Key
	key.From, key.Prepare = webhook.KeyOrigin(from), a.held(1)
}

func setKeyID(a args) { a.check().Key.ID = a.call.value(a.i32(0)).Value }

func setKeyURL(a args) {
	key := &a.check().Key
	key.URL, key.Certificate = a.held(0), a.flag(2)
}

// addValue writes a value into what is open. One that cannot count makes the
// alternative or the condition impossible; one that is absent is the checker's
// to judge.
func addValue(a args) {
	v := a.call.value(a.i32(0))
	a.addPart(webhook.Part{Kind: webhook.FromValue, Value: v.Value})
	switch {
	case v.fault == "":
	case a.inCondition():
		cond := a.condition()
		cond.Fault, cond.Optional = earlier(cond.Fault, v.fault), false
	default:
		alt := a.alternative()
		alt.fault = earlier(alt.fault, v.fault)
	}
}

func addDigest(a args) {
	d := &webhook.Digest{Algorithm: webhook.Algorithm(a.held(0)), Encoding: a.encoding(2)}
	a.addPart(webhook.Part{Kind: webhook.Nested, Inner: d})
	a.beginDigest(d)
}

func endDigest(a args) {
	b := &a.call.claim
	if len(b.open) == 0 {
		a.call.misuse("%s without a digest", a.name)
	}
	b.open = b.open[:len(b.open)-1]
}

// addSignature adds what was sent as a signature. An absent value adds nothing.
func addSignature(a args) {
	encodings := hostabi.Encoding(a.i32(1))
	v := a.call.value(a.i32(0))
	a.count()
	check, alt := a.check(), a.alternative()
	if encodings&hostabi.Decimal != 0 {
		a.call.misuse("%s: no signature is read as a decimal number", a.name)
	}
	switch {
	case v.fault == webhook.AlgorithmNotAllowed:
		alt.fault = earlier(alt.fault, v.fault)
	case v.fault == webhook.FieldAmbiguous:
		alt.fault = earlier(alt.fault, webhook.SignatureAmbiguous)
	case v.fault != "" || v.Found && v.Text == "":
		alt.fault = earlier(alt.fault, webhook.SignatureMalformed)
	case v.Found:
		check.Signatures = append(check.Signatures, webhook.Signature{
			Text: v.Text, Encodings: a.encodings(encodings), Origin: v.place,
		})
	}
}

func setTime(a args) {
	v := a.call.value(a.i32(0))
	b := &a.call.claim
	b.time.Value, b.timeFault, b.timed = v.Value, v.fault, true
}

func addTimeUnit(a args) {
	b := a.count()
	b.time.Units = append(b.time.Units, a.unit(0))
}

func setChallenge(a args) {
	status := a.i32(0)
	if status < 200 || status > 299 {
		a.call.misuse("a challenge is answered with a status from 200 to 299, not %d", status)
	}
	a.call.claim.challenge = &webhook.Challenge{
		Status: int(status), ContentType: a.contentType(1), Body: []byte(a.held(3)), Unsigned: a.flag(5),
	}
}

// refuse(reason, len) says why the request cannot be what the rule describes. The
// first call counts, and what else was built does not.
func refuse(a args) {
	reason := webhook.Reason(a.text(0))
	if !slices.Contains(webhook.Reasons(), reason) {
		a.call.misuse("%s: there is no reason %q; reasons are %s", a.name, clip(string(reason)), listed(webhook.Reasons()))
	}
	if b := &a.call.claim; b.refused == "" {
		b.refused = reason
	}
}

var encodingNames = [...]webhook.Encoding{
	webhook.Hex, webhook.HexUpper, webhook.Base64, webhook.Base64URL, webhook.RawText, webhook.Decimal,
}

// encodings returns the members of a set, which has at least one.
func (a args) encodings(set hostabi.Encoding) []webhook.Encoding {
	var out []webhook.Encoding
	for i, name := range encodingNames {
		if set&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	if len(out) == 0 || set >= 1<<len(encodingNames) || set < 0 {
		a.call.misuse("%s: %d is no set of encodings", a.name, set)
	}
	return out
}

// encoding returns the one encoding that the i-th argument gives.
func (a args) encoding(i int) webhook.Encoding {
	set := a.encodings(hostabi.Encoding(a.i32(i)))
	if len(set) > 1 {
		a.call.misuse("%s: takes one encoding", a.name)
	}
	return set[0]
}
