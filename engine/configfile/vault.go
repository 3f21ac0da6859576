package configfile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hookseal/hookseal/engine/internal/seal"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// vault keeps secrets in the store, sealed under the keys of master_key. It
// serves the sources once it is attached to the store.
type vault struct {
	// ring is nil without a master_key.
	ring *seal.Ring
	db   store.Vault
	// sources are those that keep a secret, each with the file that it is in
	// without a master_key, empty where there is no such file.
	sources map[string]string
}

// masterKey reads the keys that secrets in the store are sealed with: the first
// seals, the others open what they have sealed.
func (l *loader) masterKey() {
	l.config.vault = &vault{sources: map[string]string{}}
	refs := l.file.MasterKey
	if refs.list == nil {
		return
	}
	var keys [][]byte
	for _, secret := range l.secretList("master_key", refs) {
		keys = append(keys, secret.Reveal())
	}
	if l.isFaulty("master_key") {
		return
	}
	ring, err := seal.NewRing(keys...)
	if err != nil {
		l.note("master_key", "%s", err)
	}
	l.config.vault.ring = ring
}

// openVault has the sources keep their secrets in a store.
func (c *Config) openVault(ctx context.Context, db store.Store) error {
	if err := c.vault.attach(ctx, db); err != nil {
		return c.Fault("master_key", "%s", err)
	}
	for _, source := range slices.Sorted(maps.Keys(c.vault.sources)) {
		if c.vault.ring == nil || c.vault.db == nil {
			break
		}
		if secrets, err := c.vault.find(ctx, source); err == nil && secrets == nil {
			c.Warnings = append(c.Warnings,
				fmt.Sprintf("source %q waits for its secret, to be kept in the store: whoever calls it first chooses the secret", source))
		}
	}
	return nil
}

// attach has the vault work with a store, into which it copies what files have kept.
// It fails if a secret that a source needs cannot be opened.
func (v *vault) attach(ctx context.Context, db store.Store) error {
	kept, ok := db.(store.Vault)
	if !ok || len(v.sources) == 0 && v.ring == nil {
		return nil
	}
	v.db = kept
	all, err := kept.Sealed(ctx)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	var faults []error
	for _, s := range all {
		found[s.Name] = true
		if _, needed := v.sources[s.Name]; needed {
			_, err := v.open(s)
			faults = append(faults, err)
		}
	}
	for source, file := range v.sources {
		if v.ring != nil && !found[source] && file != "" {
			faults = append(faults, v.take(ctx, source, file))
		}
	}
	return errors.Join(faults...)
}

func (v *vault) open(s store.Sealed) ([]byte, error) {
	if v.ring == nil {
		return nil, fmt.Errorf("is missing: the store keeps the secret of source %q, sealed with the key %s", s.Name, s.Key)
	}
	return v.ring.Open(s)
}

// take copies a secret from its file, if there is one, into the store.
func (v *vault) take(ctx context.Context, source, file string) error {
	secret, err := readKept(file)
	if err != nil || secret == nil {
		return err
	}
	return v.keep(ctx, source, *secret)
}

// keep seals a secret and stores it, or returns [webhook.ErrNotKept] if the source
// has one.
func (v *vault) keep(ctx context.Context, source string, secret webhook.Secret) error {
	if v.db == nil {
		return errors.New("no store is open")
	}
	kept, err := v.db.KeepSealed(ctx, v.ring.Seal(source, secret.Reveal()))
	if err == nil && !kept {
		err = fmt.Errorf("%w: there is one already", webhook.ErrNotKept)
	}
	return err
}

// find returns the secret of a source, none if it has none yet.
func (v *vault) find(ctx context.Context, source string) (webhook.Secrets, error) {
	if v.db == nil {
		return nil, errors.New("no store is open")
	}
	all, err := v.db.Sealed(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Name != source {
			continue
		}
		material, err := v.ring.Open(s)
		if err != nil {
			return nil, err
		}
		secret, err := webhook.NewSecret(source, material)
		if err != nil {
			return nil, err
		}
		return webhook.Secrets{secret}, nil
	}
	return nil, nil
}
