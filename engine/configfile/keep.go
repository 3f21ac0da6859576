package configfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keptSecret opens the secret that a provider has handed out, or will. With a
// master_key it is in the store, and otherwise in a file that is named after the
// source, in a folder beside the store.
func (l *loader) keptSecret(key, name string, given webhook.SecretSource) webhook.SecretSource {
	if given != nil {
		l.note(key+".keep_secret", "a secret is given: it and one that the provider hands out contradict each other")
		return given
	}
	file, ok := l.config.Place.File()
	if ok {
		file = filepath.Join(file+".secrets", name)
	}
	v := l.config.vault
	v.sources[name] = file
	if v.ring != nil {
		return &storedSecret{vault: v, source: name}
	}
	if !ok {
		l.note(key+".keep_secret", "takes a master_key beside a database: in a file of one node's own, other nodes would not find the secret")
		return &storedSecret{vault: v, source: name}
	}
	k := &keptSecret{path: file}
	l.footprint.file(k.path)
	if err := k.load(); err != nil {
		l.note(key+".keep_secret", "%s", err)
		return k
	}
	if k.secrets == nil {
		l.warn("source %q waits for its secret, to be kept in %s: whoever calls it first chooses the secret", name, k.path)
	}
	return k
}

// storedSecret is a [webhook.SecretKeeper] of one secret in the store.
type storedSecret struct {
	vault  *vault
	source string

	mu      sync.Mutex
	secrets webhook.Secrets
}

// Secrets returns the secret, and none for a path with a key: what is kept is
// that of one webhook. What is found once does not change.
func (s *storedSecret) Secrets(ctx context.Context, hint webhook.Hint) ([]webhook.Secret, error) {
	if hint.Key != "" {
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.secrets != nil {
		return s.secrets, nil
	}
	var err error
	s.secrets, err = s.vault.find(ctx, s.source)
	return s.secrets, err
}

// Keep implements [webhook.SecretKeeper].
func (s *storedSecret) Keep(ctx context.Context, hint webhook.Hint, secret webhook.Secret) error {
	if hint.Key != "" {
		return fmt.Errorf("%w: one is kept for the path without a key", webhook.ErrNotKept)
	}
	return s.vault.keep(ctx, s.source, secret)
}

// keptSecret is a [webhook.SecretKeeper] of one secret in a file.
type keptSecret struct {
	path string

	mu      sync.Mutex
	secrets webhook.Secrets
}

// load reads the file. That there is none is no error. The caller holds mu, or
// has k alone.
func (k *keptSecret) load() error {
	secret, err := readKept(k.path)
	if err == nil && secret != nil {
		k.secrets = webhook.Secrets{*secret}
	}
	return err
}

// readKept reads a file that a secret is kept in, and returns nil if there is none.
func readKept(path string) (*webhook.Secret, error) {
	secret, err := References{}.fromFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the secret that was kept: %w", err)
	}
	return &secret, nil
}

// Secrets returns the secret, and none for a path with a key: what is kept is
// that of one webhook.
func (k *keptSecret) Secrets(_ context.Context, hint webhook.Hint) ([]webhook.Secret, error) {
	if hint.Key != "" {
		return nil, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.secrets != nil {
		return k.secrets, nil
	}
	err := k.load()
	return k.secrets, err
}

// Keep implements [webhook.SecretKeeper].
func (k *keptSecret) Keep(_ context.Context, hint webhook.Hint, secret webhook.Secret) error {
	if hint.Key != "" {
		return fmt.Errorf("%w: one is kept for the path without a key", webhook.ErrNotKept)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := createFile(k.path, secret.Reveal()); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: there is one already", webhook.ErrNotKept)
	} else if err != nil {
		return err
	}
	return k.load()
}

// createFile writes a file of mode 0600 in a folder of mode 0700, whole and
// synced, or not at all. The error is [fs.ErrExist] where there is one.
func createFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, ".draft-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(data)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	// Unlike a rename, a link never replaces what is there.
	if err := os.Link(draft.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return f.Close() // which has no sync of folders
	}
	return errors.Join(f.Sync(), f.Close())
}
