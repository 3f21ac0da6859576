package configfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"bare": "s3cret", "newline": "s3cret\n", "crlf": "s3cret\r\n", "two": "s3cret\n\n", "inner": "a\nb\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refs := configfile.References{LookupEnv: environment, Dir: dir}
	for _, test := range []struct {
		ref, label, material string
		err                  error
	}{
		{ref: "env:GOOD", label: "GOOD", material: "a-good-secret"},
		{ref: "plain:a:b c", label: "plain", material: "a:b c"},
		{ref: "file:bare", label: "bare", material: "s3cret"},
		{ref: "file:newline", label: "newline", material: "s3cret"},
		{ref: "file:crlf", label: "crlf", material: "s3cret"},
		{ref: "file:inner", label: "inner", material: "a\nb"},
		{ref: "file:" + filepath.Join(dir, "bare"), label: "bare", material: "s3cret"},
		{ref: "file:two", err: webhook.ErrPaddedSecret},
		{ref: "env:EMPTY", err: webhook.ErrBlankSecret},
		{ref: "plain:", err: webhook.ErrBlankSecret},
		{ref: "file:missing", err: os.ErrNotExist},
	} {
		secret, err := refs.Secret(test.ref)
		if !errors.Is(err, test.err) || secret.Label != test.label || string(secret.Reveal()) != test.material {
			t.Errorf("Secret(%q) = %v (%q), %v, want label %q, %q, %v",
				test.ref, secret, secret.Reveal(), err, test.label, test.material, test.err)
		}
	}
}

func TestSecretNamesTheVariable(t *testing.T) {
	_, err := configfile.References{LookupEnv: environment}.Secret("env:UNSET")
	if err == nil || !strings.Contains(err.Error(), "environment variable UNSET is not set") {
		t.Errorf("Secret = %v, want the variable named", err)
	}
}
