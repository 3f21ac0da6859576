package scheme

import (
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
	key      []byte
	kind     methodKind
	hash     hash.Hash
}

// keyedSet is the working set of one pooled judge. Preparing a key and hashing
// its pads costs more than hashing a small body, and the next request most
// likely has the same secrets; the set holds no more of them than a source has
// while one is rotated out.
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
	key, _, ok := plan.prepare(nil, secret)
	if !ok {
		return nil, false
	}
	k := &s.kept[s.next%len(s.kept)]
	s.next++
	*k = keyed{material: &material[0], length: len(material), key: key, kind: m.kind}
	if m.hash != nil {
		k.hash = m.start(key)
	}
	return k, true
}
