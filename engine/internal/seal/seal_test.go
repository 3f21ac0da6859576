package seal

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

var (
	oneKey   = bytes.Repeat([]byte("1a"), KeySize)
	otherKey = []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, KeySize)))
)

func ring(t *testing.T, keys ...[]byte) *Ring {
	t.Helper()
	r, err := NewRing(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealOpen(t *testing.T) {
	r := ring(t, oneKey)
	for _, secret := range []string{"", "s", "\x00\xff", strings.Repeat("long", 1000)} {
		sealed := r.Seal("source/a", []byte(secret))
		if secret != "" && bytes.Contains(sealed.Data, []byte(secret)) && len(secret) > 2 {
			t.Errorf("sealed %q holds the secret", sealed.Data)
		}
		got, err := r.Open(sealed)
		if err != nil || string(got) != secret {
			t.Errorf("Open = %q, %v, want %q", got, err, secret)
		}
		if again := r.Seal("source/a", []byte(secret)); bytes.Equal(again.Data, sealed.Data) {
			t.Error("sealing twice gives the same bytes")
		}
	}
}

// What was changed, cut, or moved to another name does not open.
func TestOpenRefuses(t *testing.T) {
	r := ring(t, oneKey)
	sealed := r.Seal("source/a", []byte("secret"))
	for i := range sealed.Data {
		changed := sealed
		changed.Data = bytes.Clone(sealed.Data)
		changed.Data[i] ^= 1
		if got, err := r.Open(changed); err == nil {
			t.Errorf("Open with byte %d changed = %q, want an error", i, got)
		}
		changed.Data = sealed.Data[:i]
		if got, err := r.Open(changed); err == nil {
			t.Errorf("Open of %d bytes = %q, want an error", i, got)
		}
	}
	moved := sealed
	moved.Name = "source/b"
	if got, err := r.Open(moved); err == nil || !strings.Contains(err.Error(), "another name") {
		t.Errorf("Open under another name = %q, %v, want an error", got, err)
	}
	other := ring(t, otherKey)
	if got, err := other.Open(sealed); err == nil || !strings.Contains(err.Error(), sealed.Key) || !strings.Contains(err.Error(), other.keys[0].id) {
		t.Errorf("Open with another key = %q, %v, want an error that names both", got, err)
	}
	both := ring(t, otherKey, oneKey)
	if got, err := both.Open(sealed); err != nil || string(got) != "secret" || both.Current(sealed) || !r.Current(sealed) {
		t.Errorf("Open with both keys = %q, %v, current %v", got, err, both.Current(sealed))
	}
}

func TestNewRingRefuses(t *testing.T) {
	for want, keys := range map[string][][]byte{
		"there is no key": nil,
		"openssl rand":    {[]byte("hunter2-hunter2-hunter2-hunter2-")},
		"of 32 bytes":     {oneKey[:62]},
		"is given twice":  {oneKey, otherKey, bytes.ToUpper(oneKey)},
	} {
		_, err := NewRing(keys...)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("NewRing = %v, want an error with %q and without the key", err, want)
		}
	}
}
