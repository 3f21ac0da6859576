package configfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// References resolves references to secrets. The zero value reads the
// environment of the process, and relative paths from its working directory.
type References struct {
	// LookupEnv reads an environment variable; nil is [os.LookupEnv].
	LookupEnv func(name string) (value string, ok bool)
	// Dir is the folder that relative paths start from.
	Dir string
}

// maxSecretFile is the largest file that is read as a secret, in bytes.
const maxSecretFile = 64 << 10

// Secret returns what a reference (env:NAME, file:PATH, plain:VALUE) stands
// for, under its default label.
//
// It returns [webhook.ErrBlankSecret] and [webhook.ErrPaddedSecret] for such
// secrets, and other errors for a reference that leads nowhere. No error holds
// the secret, or text that might have been meant as one.
func (r References) Secret(ref string) (webhook.Secret, error) {
	kind, rest, found := strings.Cut(ref, ":")
	switch {
	case !found:
		return webhook.Secret{}, errors.New("is no reference: write env:NAME, file:PATH or plain:VALUE")
	case kind == "env":
		return r.fromEnv(rest)
	case kind == "file":
		return r.fromFile(rest)
	case kind == "plain":
		return webhook.NewSecret("plain", []byte(rest))
	}
	return webhook.Secret{}, errors.New("is a reference of an unknown kind: write env:NAME, file:PATH or plain:VALUE")
}

func (r References) fromEnv(name string) (webhook.Secret, error) {
	lookup := r.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	if name == "" {
		return webhook.Secret{}, errors.New("env: names no variable")
	}
	value, ok := lookup(name)
	if !ok {
		return webhook.Secret{}, fmt.Errorf("environment variable %s is not set", name)
	}
	return webhook.NewSecret(name, []byte(value))
}

func (r References) fromFile(path string) (webhook.Secret, error) {
	if path == "" {
		return webhook.Secret{}, errors.New("file: names no file")
	}
	full := within(r.Dir, path)
	info, err := os.Stat(full)
	if err != nil {
		return webhook.Secret{}, err
	}
	if info.Size() > maxSecretFile {
		return webhook.Secret{}, fmt.Errorf("file %s has %d bytes, more than the %d of a secret", full, info.Size(), maxSecretFile)
	}
	data, err := os.ReadFile(full)
	if err != nil {
		return webhook.Secret{}, err
	}
	return webhook.NewSecret(filepath.Base(full), trimNewline(data))
}

// trimNewline removes the one newline that editors and echo put at the end.
func trimNewline(data []byte) []byte {
	data, found := bytes.CutSuffix(data, []byte("\n"))
	if found {
		data = bytes.TrimSuffix(data, []byte("\r"))
	}
	return data
}

// within returns path as it is reached from the folder dir.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// secretRef is a secret as the file writes it: a reference, or a table.
type secretRef struct {
	Ref       string    `toml:"ref"`
	Label     string    `toml:"label"`
	NotBefore time.Time `toml:"not_before"`
	NotAfter  time.Time `toml:"not_after"`
}

// UnmarshalText takes the reference alone.
func (s *secretRef) UnmarshalText(text []byte) error {
	s.Ref = string(text)
	return nil
}

// DescribeTOML implements [tomlfile.Describer].
func (secretRef) DescribeTOML() string {
	return `a secret such as "env:NAME", "file:PATH" or { ref = "env:NAME", label = "previous" }`
}

// secretRefs is one secret, or a list of them.
type secretRefs struct {
	list []secretRef
	// alone says that a secret stands in the place of the list.
	alone bool
}

// UnmarshalTOML reads either form.
func (s *secretRefs) UnmarshalTOML(value any) error {
	if _, isList := value.([]any); isList {
		return tomlfile.DecodeValue(value, &s.list)
	}
	s.alone, s.list = true, make([]secretRef, 1)
	return tomlfile.DecodeValue(value, &s.list[0])
}
