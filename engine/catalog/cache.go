package catalog

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hookseal/hookseal/engine/scheme"
)

// maxShared is the most packs that a catalog keeps. Beyond it each opening gets
// a pack of its own.
const maxShared = 1024

// shared are the packs without a rule that were opened, by provider and
// settings. They hold nothing that a Close frees, so that any number of sources
// may have one. It is safe for concurrent use.
type shared struct {
	mu    sync.Mutex
	packs map[string]*Pack
	// bases are the schemes that packs extend. They ship with hookseal, and an
	// overlay has none.
	bases map[string]scheme.Definition
}

// base is [baseScheme], which reads each scheme once.
func (s *shared) base(name string) (scheme.Definition, error) {
	s.mu.Lock()
	d, known := s.bases[name]
	s.mu.Unlock()
	if known {
		return d, nil
	}
	d, err := baseScheme(name)
	if err != nil {
		return d, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bases == nil {
		s.bases = map[string]scheme.Definition{}
	}
	s.bases[name] = d
	return d, nil
}

func (s *shared) get(key string) *Pack {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.packs[key]
}

// put keeps a pack and returns it, or the one that came before under the key.
func (s *shared) put(key string, p *Pack) *Pack {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.packs[key]; before != nil {
		return before
	}
	if len(s.packs) >= maxShared {
		return p
	}
	if s.packs == nil {
		s.packs = map[string]*Pack{}
	}
	s.packs[key] = p
	return p
}

// sharedKey is unambiguous: each text stands with its length.
func sharedKey(provider string, settings map[string]string) string {
	var key strings.Builder
	write := func(text string) {
		key.WriteString(strconv.Itoa(len(text)))
		key.WriteByte(':')
		key.WriteString(text)
	}
	write(provider)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		write(name)
		write(settings[name])
	}
	return key.String()
}
