package configfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	keyA = "plain:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	keyB = "plain:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
)

// under returns the configuration that keeps a secret, with a master key.
func under(keys string) string { return "master_key = " + keys + keeping }

// rewrite gives a configuration another text.
func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// opened runs a configuration, hands out a secret that must be answered so, and
// returns the warnings.
func opened(t *testing.T, path, secret string, want int) string {
	t.Helper()
	r, err := configfile.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	if w := handOut(r.Engine.Handler(), "/in/in", secret); w.Code != want {
		t.Errorf("answer = %d %s, want %d", w.Code, w.Body, want)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return strings.Join(r.Current().Warnings, "\n")
}

// sealedIn fails if the store's files hold the secret, or there is one in a file.
func sealedIn(t *testing.T, path string) {
	t.Helper()
	base := filepath.Join(filepath.Dir(path), "hookseal.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(base + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(handedOut)) {
			t.Errorf("hookseal.db%s holds the secret in plain", suffix)
		}
	}
	if _, err := os.Stat(filepath.Join(base+".secrets", "in")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of the secret: %v, want none", err)
	}
}

// A secret that is handed out is sealed in the store, is there after a restart
// and after its key was rotated, and is never replaced.
func TestSecretInTheStore(t *testing.T) {
	path := writeConfig(t, under(`"`+keyA+`"`))
	if warnings := opened(t, path, handedOut, 200); !strings.Contains(warnings, "waits for its secret, to be kept in the store") {
		t.Errorf("Warnings = %s, want that the source waits", warnings)
	}
	sealedIn(t, path)
	const other = "00000000000000000000000000000000"
	for _, keys := range []string{
		`"` + keyA + `"`,
		`["` + keyB + `", "` + keyA + `"]`, // seals anew
		`"` + keyB + `"`,
	} {
		rewrite(t, path, under(keys))
		if warnings := opened(t, path, other, 401); strings.Contains(warnings, "waits for its secret") {
			t.Errorf("Warnings = %s, want none that it waits", warnings)
		}
		sealedIn(t, path)
	}
	for want, text := range map[string]string{
		"hookseal.toml:1: master_key: secret \"in\" in the store is sealed with the key": under(`"` + keyA + `"`),
		"master_key: is missing: the store keeps the secret of source \"in\"":            keeping,
		"master_key: is no key of 32 bytes":                                              under(`"plain:hunter2"`),
		"master_key[1]: environment variable NO_SUCH_KEY is not set":                     under(`["` + keyB + `", "env:NO_SUCH_KEY"]`),
	} {
		rewrite(t, path, text)
		_, err := configfile.Open(path, options())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open = %v, want an error with %q", err, want)
		}
	}
}

// A secret that a file has kept moves into the store when there is a master key.
func TestSecretMovesIntoTheStore(t *testing.T) {
	path := writeConfig(t, keeping)
	opened(t, path, handedOut, 200)
	rewrite(t, path, under(`"`+keyA+`"`))
	opened(t, path, "00000000000000000000000000000000", 401)
	sealedIn(t, path)
}

// A version without the key that the store needs is not taken up.
func TestReloadWithoutMasterKey(t *testing.T) {
	path := writeConfig(t, under(`"`+keyA+`"`))
	r, err := configfile.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if w := handOut(r.Engine.Handler(), "/in/in", handedOut); w.Code != 200 {
		t.Fatalf("answer = %d, want 200", w.Code)
	}
	rewrite(t, path, under(`"`+keyB+`"`))
	if err := r.Reload(load(t, path)); err == nil || !strings.Contains(err.Error(), "is sealed with the key") {
		t.Errorf("Reload with another key = %v, want an error", err)
	}
	rewrite(t, path, under(`["`+keyB+`", "`+keyA+`"]`))
	if err := r.Reload(load(t, path)); err != nil {
		t.Errorf("Reload with both keys = %v, want nil", err)
	}
}

// A version that is not taken up leaves the secrets to the one before it: sealed
// as they were, and in their files.
func TestFailedReloadLeavesSecrets(t *testing.T) {
	for before, after := range map[string]string{
		under(`"` + keyA + `"`): under(`["` + keyB + `", "` + keyA + `"]`),
		keeping:                 under(`"` + keyA + `"`),
	} {
		path := writeConfig(t, before)
		opened(t, path, handedOut, 200)
		r, err := configfile.Open(path, options())
		if err != nil {
			t.Fatal(err)
		}
		rewrite(t, path, after)
		next := load(t, path)
		next.Engine.Endpoints = map[string]engine.Endpoint{"crm": {URL: "nowhere"}}
		if err := r.Reload(next); err == nil {
			t.Error("Reload of a version with a fault = nil, want an error")
		}
		keeper, ok := r.Current().Engine.Sources["in"].Secrets.(webhook.SecretKeeper)
		if !ok {
			t.Fatal("the source keeps no secret")
		}
		got, err := keeper.Secrets(t.Context(), webhook.Hint{Source: "in"})
		if err != nil || len(got) != 1 || string(got[0].Reveal()) != handedOut {
			t.Errorf("the secret of the live version = %v, %v, want that which was kept", got, err)
		}
		if err := r.Reload(load(t, path)); err != nil {
			t.Errorf("Reload without the fault = %v, want nil", err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		sealedIn(t, path)
	}
}

// What is left in a file, since the process ended before it was removed, is removed
// at the next start; a secret that the store does not have never is.
func TestFileOfAStoredSecret(t *testing.T) {
	path := writeConfig(t, under(`"`+keyA+`"`))
	opened(t, path, handedOut, 200)
	file := filepath.Join(filepath.Dir(path), "hookseal.db.secrets", "in")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	rewrite(t, file, "00000000000000000000000000000000")
	if warnings := opened(t, path, handedOut, 200); !strings.Contains(warnings, "another secret") {
		t.Errorf("Warnings = %s, want that the file has another secret", warnings)
	}
	rewrite(t, file, handedOut)
	opened(t, path, handedOut, 200)
	sealedIn(t, path)
}

func TestKeptSecretInADatabaseTakesAKey(t *testing.T) {
	text := strings.Replace(keeping, `"hookseal.db"`, `"postgres://u@db.example/hooks"`, 1)
	if _, err := configfile.Load(writeConfig(t, text), options()); err == nil || !strings.Contains(err.Error(), "takes a master_key") {
		t.Errorf("Load = %v, want that it takes a master_key", err)
	}
	if c := load(t, writeConfig(t, "master_key = \""+keyA+"\"\n"+text)); c.Engine.Sources["in"].Secrets == nil {
		t.Error("with a master_key the source keeps no secret")
	}
}
