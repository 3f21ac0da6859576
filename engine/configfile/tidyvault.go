package configfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
)

// tidyVault does what the version before could not go on with, once this one is
// live: what is sealed under an earlier key is sealed anew, and files of secrets
// that are in the store are removed. What fails is a warning; the next start tries
// again.
func (c *Config) tidyVault(ctx context.Context) {
	if err := c.vault.tidy(ctx); err != nil {
		c.Warnings = append(c.Warnings, fmt.Sprintf("secrets in the store: %s", err))
	}
}

func (v *vault) tidy(ctx context.Context) error {
	if v.ring == nil || v.db == nil {
		return nil
	}
	all, err := v.db.Sealed(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, s := range all {
		_, needed := v.sources[s.Name]
		secret, err := v.ring.Open(s)
		switch {
		case err != nil && !needed:
			continue // of a source that is no more, under a key that is no more
		case err == nil && !v.ring.Current(s):
			// Another node may have done the same.
			_, err = v.db.ReplaceSealed(ctx, s, v.ring.Seal(s.Name, secret))
		}
		if err == nil && v.sources[s.Name] != "" {
			err = removeKept(v.sources[s.Name], secret)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// removeKept removes the file of a secret, if there is one and it holds this one.
func removeKept(file string, secret []byte) error {
	kept, err := readKept(file)
	switch {
	case err != nil || kept == nil:
		return err
	case !bytes.Equal(kept.Reveal(), secret):
		return fmt.Errorf("%s holds another secret than the store, whose counts: remove the file", file)
	}
	return os.Remove(file)
}
