package scheme

import (
	"errors"
	"hash"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keyed is a secret made ready for a method: its key, and the hash that starts
// with it.
type keyed struct {
	// material identifies the secret. It keeps the secret alive, so that no
	// other can come to lie at its address.
	material *byte
	length   int
	kind     methodKind
	// key is the key of a shared secret, public that of a pair.
	key    []byte
	public publicKey
	hash   hash.Hash
}

// keyedSet is the working set of one pooled judge. Preparing a key and hashing
// its pads costs more than hashing a small body, reading one of a pair as much as
// verifying with it, and the next request most likely has the same secrets; the
// set holds no more of them than a source has while one is rotated out.
type keyedSet struct {
	kept [4]keyed
	next int
}

// find returns the secret made ready, false if it does not fit the plan.
func (s *keyedSet) find(m method, plan keyPlan, secret webhook.Secret) (*keyed, bool) {
	material := secret.Reveal()
	if len(material) == 0 {
		return nil, false
	}
	for i := range s.kept {
		if k := &s.kept[i]; k.material == &material[0] && k.length == len(material) {
			return k, true
		}
	}
	fresh := keyed{material: &material[0], length: len(material), kind: m.kind}
	var err error
	if m.kind == publicKeyMethod {
		fresh.public, err = plan.open(m, secret)
	} else {
		fresh.key, err = plan.shared(secret)
	}
	if err != nil {
		return nil, false
	}
	if m.hash != nil {
		fresh.hash = m.start(fresh.key)
	}
	k := &s.kept[s.next%len(s.kept)]
	s.next++
	*k = fresh
	return k, true
}

// reads reports whether one of the signatures is of the form that those under the
// key have. Those of a shared secret are of one length, which is known before.
func (k *keyed) reads(sent [][]byte) bool {
	for _, sig := range sent {
		if k.public == nil || k.public.reads(sig) {
			return true
		}
	}
	return false
}

// errPublicOnly reports a key of which the private part is elsewhere.
var errPublicOnly = errors.New("is a public key; the private one signs")

// sign returns the signature of a computed message. The error is [errPublicOnly]
// for a public key.
func (k *keyed) sign(j *judge) ([]byte, error) {
	if k.kind != publicKeyMethod {
		return j.sum, nil
	}
	return k.public.sign(j.signed(k))
}

// signed returns what a key of a pair signs: the digest of the message, or the
// message itself where the algorithm takes it whole.
func (j *judge) signed(k *keyed) []byte {
	if k.hash == nil {
		return j.message
	}
	return j.sum
}

// messageBuffer gathers a message for the algorithms that take it whole.
type messageBuffer []byte

// Write appends p.
func (b *messageBuffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
