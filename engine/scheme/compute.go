package scheme

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// check compares every signature with what every secret makes of the message.
// All pairs are compared, so that the time tells nothing about which matched.
func (j *judge) check(c *webhook.Check) webhook.Verdict {
	m, ok := methodOf(c.Algorithm)
	if !ok {
		return webhook.Rejected(webhook.AlgorithmNotAllowed, string(c.Algorithm))
	}
	if at, ok := absent(c.Message); ok {
		return webhook.Rejected(webhook.FieldMissing, "a signed value is absent: "+at.Name)
	}
	if refusal := j.decode(c.Signatures, m.size); refusal.Reason != "" {
		return refusal
	}
	plan, refusal := j.planFor(c)
	if refusal.Reason != "" {
		return refusal
	}
	matched, usable, formed := -1, 0, false
	j.matched = j.matched[:0]
	for i, secret := range j.secrets {
		if !secret.Counts(j.now) {
			continue
		}
		k, ok := j.keys.find(m, plan, secret)
		if !ok {
			continue
		}
		usable++
		if !j.compute(k, c.Message) {
			return webhook.Rejected(webhook.SignatureMismatch, "the body cannot be written in the form that is signed")
		}
		if j.matches(k) && matched < 0 {
			matched = i
			j.keepSigned(k)
		}
		formed = formed || matched >= 0 || k.reads(j.decoded)
	}
	switch {
	case usable == 0:
		return webhook.Rejected(webhook.NoSecret, fmt.Sprintf("none of %d secrets can be used", len(j.secrets)))
	case !formed:
		return webhook.Rejected(webhook.SignatureMismatch, fmt.Sprintf("no signature has the form of %s under any of the keys", c.Algorithm))
	case matched < 0:
		return webhook.Rejected(webhook.SignatureMismatch, "")
	}
	return webhook.Verdict{Outcome: webhook.Accept, Secret: j.secrets[matched].Label}
}

// planFor returns the key preparation of a check. The prepared keys belong to one
// preparation and one method; another check starts anew.
func (j *judge) planFor(c *webhook.Check) (keyPlan, webhook.Verdict) {
	if c.Key.Prepare == j.keyText && c.Algorithm == j.algorithm {
		return j.keyPlan, webhook.Verdict{}
	}
	plan, err := compileKey(c.Key.Prepare)
	if err != nil {
		return nil, webhook.Rejected(webhook.NoSecret, err.Error())
	}
	m, _ := methodOf(c.Algorithm)
	if err := plan.fits(c.Algorithm, m); err != nil {
		return nil, webhook.Rejected(webhook.ClaimUnkeyed, err.Error())
	}
	j.keyText, j.keyPlan, j.algorithm, j.keys = c.Key.Prepare, plan, c.Algorithm, keyedSet{}
	return plan, webhook.Verdict{}
}

// decode reads the signatures into j.decoded; those of another length than the
// algorithm's are left out, and only if none is left is the request refused.
func (j *judge) decode(sigs []webhook.Signature, size int) webhook.Verdict {
	j.decoded, j.sent = j.decoded[:0], j.sent[:0]
	if len(sigs) == 0 {
		return webhook.Rejected(webhook.SignatureMissing, "the claim has no signature")
	}
	if len(sigs) > maxSignatures {
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("%d signatures, at most %d", len(sigs), maxSignatures))
	}
	for i := range sigs {
		for _, enc := range sigs[i].Encodings {
			rest, raw, ok := appendDecoded(j.sent, sigs[i].Text, enc)
			if !ok || len(raw) == 0 || size > 0 && len(raw) != size {
				continue
			}
			j.sent = rest
			j.decoded = append(j.decoded, raw)
			break
		}
	}
	switch {
	case len(j.decoded) > 0:
		return webhook.Verdict{}
	case size > 0:
		return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("no signature is %d bytes in %v", size, sigs[0].Encodings))
	}
	return webhook.Rejected(webhook.SignatureMalformed, fmt.Sprintf("no signature is in %v", sigs[0].Encodings))
}

// compute writes the message into the algorithm and leaves the outcome in j.sum,
// or in j.message the message itself, where the algorithm takes it whole.
func (j *judge) compute(k *keyed, message []webhook.Part) bool {
	switch k.kind {
	case tokenMethod:
		j.sum = append(j.sum[:0], k.key...)
		return true
	case publicKeyMethod:
		if k.hash == nil {
			j.message = j.message[:0]
			return j.write(&j.message, nil, message)
		}
	}
	k.hash.Reset()
	if !j.write(k.hash, k.key, message) {
		return false
	}
	j.sum = k.hash.Sum(j.sum[:0])
	return true
}

func (j *judge) write(h io.Writer, key []byte, message []webhook.Part) bool {
	for i := range message {
		switch p := &message[i]; p.Kind {
		case webhook.Literal:
			j.writeText(h, p.Text)
		case webhook.FromValue:
			j.writeText(h, p.Value.Text)
		case webhook.RawBody:
			h.Write(j.req.Body)
		case webhook.SecretText:
			h.Write(key)
		case webhook.ECMAScriptBody:
			body, ok := j.stringifiedBody()
			if !ok {
				return false
			}
			h.Write(body)
		case webhook.CanonicalBody:
			body, err := jsonvalue.AppendCanonical(nil, withoutBOM(j.req.Body))
			if err != nil {
				return false
			}
			h.Write(body)
		case webhook.Nested:
			raw, ok := j.nested(p.Inner, key)
			if !ok {
				return false
			}
			h.Write(appendEncoded(nil, raw, p.Inner.Encoding))
		}
	}
	return true
}

// nested computes what stands in a message instead of its parts.
func (j *judge) nested(d *webhook.Digest, key []byte) ([]byte, bool) {
	if d.Algorithm == webhook.Verbatim {
		var text messageBuffer
		ok := j.write(&text, key, d.Parts)
		return text, ok
	}
	inner, ok := plainHash(d.Algorithm)
	if !ok || !j.write(inner, key, d.Parts) {
		return nil, false
	}
	return inner.Sum(nil), true
}

// plainHash starts a digest that may stand within a message.
func plainHash(a webhook.Algorithm) (hash.Hash, bool) {
	if a == webhook.CRC32 {
		return crc32.NewIEEE(), true
	}
	m, ok := plainDigest(a)
	if !ok {
		return nil, false
	}
	return m.hash(), true
}

// keepSigned keeps what was signed. A token is the same in every request, and a
// secret besides: it tells nothing apart. Under a public key it is the message,
// since a signature can be changed into another that verifies.
func (j *judge) keepSigned(k *keyed) {
	switch k.kind {
	case tokenMethod:
	case publicKeyMethod:
		j.matched = append(j.matched[:0], j.signed(k)...)
	default:
		j.matched = append(j.matched[:0], j.sum...)
	}
}

// writeText copies through scratch space, since a string handed to an interface
// as bytes would be copied to the heap.
func (j *judge) writeText(h io.Writer, text string) {
	j.scratch = append(j.scratch[:0], text...)
	h.Write(j.scratch)
}

func (j *judge) stringifiedBody() ([]byte, bool) {
	if j.stringify == 0 {
		j.stringify = -1
		if out, err := jsonvalue.AppendStringify(j.stringified[:0], withoutBOM(j.req.Body)); err == nil {
			j.stringified, j.stringify = out, 1
		}
	}
	return j.stringified, j.stringify > 0
}

// withoutBOM drops a byte order mark, as the JSON middleware of web frameworks
// does before it parses.
func withoutBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }

// VerifiedBody returns the bytes that the signature of an accepted request
// covers: the body, or what it re-serialises to where that is what matched.
func VerifiedBody(req *webhook.Request, v webhook.Verdict) []byte {
	switch {
	case v.Canonical:
		if out, err := jsonvalue.AppendCanonical(nil, withoutBOM(req.Body)); err == nil {
			return out
		}
	case v.Restringified:
		if out, err := jsonvalue.AppendStringify(nil, withoutBOM(req.Body)); err == nil {
			return out
		}
	}
	return req.Body
}

// matches compares in constant time, but where a public key verifies and there is
// nothing to hide. Tokens have any length, and are compared by their digests.
func (j *judge) matches(k *keyed) bool {
	if k.kind == publicKeyMethod {
		return slices.ContainsFunc(j.decoded, func(sent []byte) bool { return k.public.verifies(j.signed(k), sent) })
	}
	match := 0
	for _, sent := range j.decoded {
		if k.kind == tokenMethod {
			match |= digestsMatch(sent, j.sum)
			continue
		}
		match |= subtle.ConstantTimeCompare(sent, j.sum)
	}
	return match == 1
}
