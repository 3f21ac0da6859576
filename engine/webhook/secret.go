package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode"
	"unicode/utf8"
)

// Secret is key material with the label by which people speak of it.
//
// The material never leaves through printing, logging or encoding: all of these
// show the label. Only [Secret.Reveal] gives it out. The zero Secret has no
// material and matches nothing.
type Secret struct {
	// Label names the secret in verdicts, metrics and logs.
	Label string
	// NotBefore is the first moment at which the secret counts; zero means that
	// it has begun.
	NotBefore time.Time
	// NotAfter is the last moment at which the secret counts; zero means that
	// it does not end.
	NotAfter time.Time

	material *material
}

// material sits behind a pointer so that printing a struct which holds a Secret
// in an unexported field shows an address at most.
type material struct{ bytes []byte }

var (
	// ErrBlankSecret reports a secret that is empty or white space alone. With
	// such a key anybody can sign.
	ErrBlankSecret = errors.New("secret is empty or blank")
	// ErrPaddedSecret reports white space around a secret, which is nearly
	// always a trailing newline that was pasted along.
	ErrPaddedSecret = errors.New("secret begins or ends with white space")
)

// NewSecret returns a secret over a copy of key.
//
// It returns [ErrBlankSecret] for an empty or blank key, and [ErrPaddedSecret]
// for one with white space around it.
func NewSecret(label string, key []byte) (Secret, error) {
	if blank(key) {
		return Secret{}, fmt.Errorf("secret %q: %w", label, ErrBlankSecret)
	}
	first, _ := utf8.DecodeRune(key)
	last, _ := utf8.DecodeLastRune(key)
	if unicode.IsSpace(first) || unicode.IsSpace(last) {
		return Secret{}, fmt.Errorf("secret %q: %w", label, ErrPaddedSecret)
	}
	return Secret{Label: label, material: &material{append([]byte(nil), key...)}}, nil
}

func blank(key []byte) bool {
	for _, r := range string(key) {
		if !unicode.IsSpace(r) && r != 0 {
			return false
		}
	}
	return true
}

// Reveal returns the key material itself, which the caller must neither keep
// nor change. It is nil for the zero Secret.
func (s Secret) Reveal() []byte {
	if s.material == nil {
		return nil
	}
	return s.material.bytes
}

// Counts reports whether now is within the time in which the secret is good.
func (s Secret) Counts(now time.Time) bool {
	return !now.Before(s.NotBefore) && (s.NotAfter.IsZero() || !now.After(s.NotAfter))
}

// String returns the label, never the material.
func (s Secret) String() string { return "secret(" + s.Label + ")" }

// Format prints the label for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText encodes the label, never the material.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue logs the label, never the material.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Hint tells a [SecretSource] whose secrets are asked for.
type Hint struct {
	// Source is the name of the source.
	Source string
	// Key is the path parameter of /in/<source>/<key>, empty without one.
	Key string
	// KeyID is the identifier of a key that the request named, if the scheme
	// reads one. It is unauthenticated text.
	KeyID string
}

// SecretSource knows the secrets of a source. Implementations are safe for
// concurrent use.
//
// An error means that the secrets could not be had: the request is answered
// 503, so that the sender tries again. No secrets and no error means that
// there is none for this hint: the request is rejected with [NoSecret].
type SecretSource interface {
	// Secrets returns those that a request of this hint may be signed with.
	Secrets(ctx context.Context, hint Hint) ([]Secret, error)
}

// Secrets is a fixed list, the simplest [SecretSource].
type Secrets []Secret

// Secrets returns the list whatever the hint.
func (s Secrets) Secrets(context.Context, Hint) ([]Secret, error) { return s, nil }
