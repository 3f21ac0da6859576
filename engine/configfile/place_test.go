//go:build unix

package configfile_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
)

// writeData writes a configuration whose data is that.
func writeData(t *testing.T, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, fmt.Appendf(nil, "data = %q\n[source.a]\nprovider = \"none\"\n", data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lookup knows one variable.
func lookup(name, value string) configfile.Options {
	return configfile.Options{LookupEnv: func(asked string) (string, bool) { return value, asked == name }}
}

func TestDatabaseIsShownWithoutPassword(t *testing.T) {
	const dsn, shown = "postgres://u:hunter2@db.example:7/hooks", "postgres://u@db.example:7/hooks"
	secret := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(secret, []byte(dsn+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		data     string
		warnings int
	}{{dsn, 2}, {"env:DSN", 1}, {"file:" + secret, 1}} {
		config, err := configfile.Load(writeData(t, c.data), lookup("DSN", dsn))
		if err != nil {
			t.Errorf("Load with data = %.8q = %v", c.data, err)
			continue
		}
		if config.Data != shown || config.Place.String() != shown {
			t.Errorf("Data = %q, Place = %q, want %q", config.Data, config.Place, shown)
		}
		if _, ok := config.Place.File(); ok || len(config.Warnings) != c.warnings {
			t.Errorf("with data = %.8q: warnings = %q, want %d and no file", c.data, config.Warnings, c.warnings)
		}
		if all := fmt.Sprintf("%v %+v %#v %q", config.Place, config.Place, config.Place, config.Warnings); strings.Contains(all, "hunter2") {
			t.Errorf("the password is printed: %s", all)
		}
	}
}

func TestDatabaseFaults(t *testing.T) {
	for name, c := range map[string]struct{ data, value, want string }{
		"no such variable": {"env:NONE", "", "environment variable NONE is not set"},
		"no URL":           {"env:DSN", "hunter2.db", "env:DSN stands for no postgres:// URL"},
		"damaged":          {"env:DSN", "postgres://u:hunter2%zz@h/db", "DSN cannot be read"},
		"another kind":     {"redis://hunter2@h", "", `a URL of kind "redis" is no store`},
		"in plain":         {"postgres://u:hunter2@h:port/db", "", "DSN cannot be read"},
	} {
		_, err := configfile.Load(writeData(t, c.data), lookup("DSN", c.value))
		if err == nil || !strings.Contains(err.Error(), ":1: data: "+c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: Load = %v, want line 1 and %q, and no password", name, err, c.want)
		}
	}
	text := "data = \"postgres://h/db\"\n[source.a]\nprovider = \"asana\"\nkeep_secret = true\n"
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := configfile.Load(path, configfile.Options{}); err == nil || !strings.Contains(err.Error(), "source.a.keep_secret: takes a master_key") {
		t.Errorf("Load with keep_secret and a database = %v, want it refused", err)
	}
}

// Where notifications are listened to is a URL as data is, beside a database alone.
func TestListenData(t *testing.T) {
	for text, want := range map[string]string{
		"data = \"postgres://h/db\"\nlisten_data = \"env:DSN\"":              "",
		"data = \"postgres://h/db\"\nlisten_data = \"hooks.db\"":             ":2: listen_data: is no postgres:// URL",
		"data = \"postgres://h/db\"\nlisten_data = \"postgres://u:%zz@h/x\"": ":2: listen_data: DSN cannot be read",
		"data = \"hooks.db\"\nlisten_data = \"env:DSN\"":                     ":2: listen_data: takes a postgres:// URL as data",
	} {
		path := filepath.Join(t.TempDir(), "hookseal.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := configfile.Load(path, lookup("DSN", "postgres://u:hunter2@direct/db"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("Load of %s = %v, want %q", text, err, want)
		}
	}
}

func TestOpenDatabase(t *testing.T) {
	server := pgtest.Own(t)
	path := writeData(t, "env:DSN")
	opts := lookup("DSN", server.DSN("postgres"))
	config, err := configfile.Load(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := config.Place.Check(ctx); err != nil {
		t.Errorf("Check = %v, want nil", err)
	}
	if exists, err := config.Place.Exists(ctx); exists || err != nil {
		t.Errorf("Exists = %v, %v, want false: nobody has opened it", exists, err)
	}
	if _, err := config.Place.OpenReader(ctx); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenReader = %v, want %v", err, fs.ErrNotExist)
	}
	for range 2 { // nodes, as far as a file would have one alone
		running, err := configfile.Open(path, opts)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := running.Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	if exists, err := config.Place.Exists(ctx); !exists || err != nil {
		t.Errorf("Exists = %v, %v, want true", exists, err)
	}
	r, err := config.Place.OpenReader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if events, err := r.Events(ctx, store.EventQuery{}); err != nil || len(events) != 0 {
		t.Errorf("Events = %v, %v, want none", events, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
