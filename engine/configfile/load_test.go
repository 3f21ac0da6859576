package configfile_test

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

func load(t *testing.T, path string) *configfile.Config {
	t.Helper()
	c, err := configfile.Load(path, options())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func labels(secrets []webhook.Secret) []string {
	var out []string
	for _, s := range secrets {
		out = append(out, s.Label)
	}
	return out
}

func TestLoad(t *testing.T) {
	c := load(t, "testdata/valid.toml")
	if c.Listen != "127.0.0.1:0" || c.Data != filepath.Join("testdata", "valid.db") {
		t.Errorf("Listen, Data = %q, %q", c.Listen, c.Data)
	}
	if c.Server.Connections != 500 || c.Server.HeaderBytes != 32<<10 || c.Server.ShutdownGrace != 5*time.Second {
		t.Errorf("Server = %+v", c.Server)
	}
	l := c.Engine.Limits
	if l.BytesInFlight != 8<<20 || l.Deliveries != 32 || l.Guest.Time != 100*time.Millisecond || l.Lease != 0 || l.FreeDisk != 1<<20 {
		t.Errorf("Limits = %+v", l)
	}
	if got, want := c.Engine.Retention, (engine.Retention{Events: 30 * 24 * time.Hour, Bodies: 7 * 24 * time.Hour, Size: 10e9, Keys: 45 * 24 * time.Hour}); got != want {
		t.Errorf("Retention = %+v, want %+v", got, want)
	}
	if got, want := c.Engine.Sources["trial"].Retention, (engine.SourceRetention{Events: 3 * 24 * time.Hour, Bodies: 24 * time.Hour, Size: 100e6}); got != want {
		t.Errorf("Retention of trial = %+v, want %+v", got, want)
	}
	s := c.Engine.Sources["contracts"]
	secrets := []webhook.Secret(s.Secrets.(webhook.Secrets))
	if got, want := labels(secrets), []string{"CHAINDOC_SECRET", "previous"}; !slices.Equal(got, want) {
		t.Errorf("labels = %v, want %v", got, want)
	}
	if got, want := string(secrets[1].Reveal()), "previous-secret"; got != want {
		t.Errorf("secret of a file with a newline at its end = %q, want %q", got, want)
	}
	if got, want := secrets[1].NotAfter, time.Date(2020, 12, 1, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("NotAfter = %v, want %v", got, want)
	}
	if got, want := labels(s.HeaderTokens), []string{"GATE", "plain"}; s.Header != "X-Gate" || !slices.Equal(got, want) {
		t.Errorf("Header, tokens = %q, %v, want X-Gate, %v", s.Header, got, want)
	}
	if s.Dedup != "type-timestamp" || s.MaxBody != 256<<10 || len(s.Basic) != 1 {
		t.Errorf("source = %+v", s)
	}
	if got := c.Engine.Sources["tables"]; !got.Unsigned || got.Secrets != nil {
		t.Errorf("tables = %+v, want unsigned without secrets", got)
	}
	if got := c.Engine.Sources["building"].Settings["tolerance"]; got != "5m" {
		t.Errorf("tolerance = %q, want 5m", got)
	}
}

func TestLoadTrust(t *testing.T) {
	c := load(t, "testdata/valid.toml")
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/8")}
	if got := c.Engine.TrustedProxies; !slices.Equal(got, want) {
		t.Errorf("TrustedProxies = %v, want %v", got, want)
	}
	trial := c.Engine.Sources["trial"]
	if want := (engine.Statuses{Refused: 403, TooLarge: 400, Incomplete: 422, Unavailable: 500}); trial.Statuses != want {
		t.Errorf("Statuses = %+v, want %+v", trial.Statuses, want)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("1.179.112.0/20"), netip.MustParsePrefix("2a00:1450::/32")}; !slices.Equal(trial.AllowFrom, want) {
		t.Errorf("allow_from = %v, want %v", trial.AllowFrom, want)
	}
	if trial.PublicURL != "https://hooks.example/trial" || !trial.Shadow {
		t.Errorf("trial = %+v, want its public URL and shadow mode", trial)
	}
	for _, name := range []string{"visits", "contracts"} {
		if s := c.Engine.Sources[name]; s.Shadow || s.Statuses != (engine.Statuses{}) {
			t.Errorf("%s = %+v, want it enforced under the default statuses", name, s)
		}
	}
}

func TestLoadEndpoints(t *testing.T) {
	c := load(t, "testdata/valid.toml")
	crm := c.Engine.Endpoints["crm"]
	if want := []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}; !slices.Equal(crm.Retry, want) {
		t.Errorf("Retry = %v, want %v", crm.Retry, want)
	}
	if crm.Timeout != 10*time.Second || crm.Concurrency != 4 || crm.Headers["X-Tenant"] != "acme" {
		t.Errorf("crm = %+v", crm)
	}
	if got, want := *crm.DisableAfter, (engine.DisableAfter{Failures: 5, Attempts: true}); got != want {
		t.Errorf("DisableAfter = %+v, want %+v", got, want)
	}
	if local := c.Engine.Endpoints["local"]; local.Retry == nil || len(local.Retry) != 0 {
		t.Errorf("retry = [] became %#v, want an empty schedule that is not nil", local.Retry)
	}
	if as := c.Engine.Endpoints["as"]; as.As != "chaindoc" || as.Retry != nil || as.DisableAfter != nil {
		t.Errorf("as = %+v, want chaindoc's own schedule", as)
	}
	want := []engine.Subscription{
		{Source: "contracts", Types: []string{"document.*", "signature.request.completed"}, Transform: "files/keep.js", Endpoint: "crm"},
		{Source: "app", Endpoint: "local"},
	}
	if got := c.Engine.Subscriptions; !reflect.DeepEqual(got, want) {
		t.Errorf("Subscriptions = %+v, want %+v", got, want)
	}
	if code := c.Engine.Transforms["files/keep.js"]; !strings.Contains(string(code.Code), "transform") {
		t.Errorf("Transforms = %v, want the file's code under files/keep.js", c.Engine.Transforms)
	}
}

func TestLoadWarns(t *testing.T) {
	want := []string{
		`source "building" takes events whose body the signature does not cover`,
		`source "tables" takes unsigned requests: whoever reaches it can send events`,
		`source "trial" does not enforce: what is not verified passes, marked as unverified`,
		`source "visits" verifies nothing: whoever reaches it can send events`,
		`source.building.secret is written in plain in testdata/valid.toml: whoever can read the file can sign`,
		`source.contracts.secrets[1], secret "previous", ended at 2020-12-01T00:00:00Z and no longer counts`,
		`endpoint "as" is sent deliveries over http, which anybody on the way can read and change`,
		`endpoint "local" is sent deliveries without a signature`,
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(load(t, "testdata/valid.toml").Warnings))
	if !slices.Equal(got, want) {
		t.Errorf("Warnings =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLoadEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hookseal.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, path)
	if c.Listen != "127.0.0.1:8080" || c.Data != filepath.Join(filepath.Dir(path), "hookseal.db") {
		t.Errorf("Listen, Data = %q, %q, want the defaults", c.Listen, c.Data)
	}
}

func TestReadOutlineNeedsNoSecrets(t *testing.T) {
	got, err := configfile.ReadOutline("testdata/faults/secrets.toml")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join("testdata", "faults", "hookseal.db"); got.Data != want {
		t.Errorf("Data = %q, want %q", got.Data, want)
	}
	if want := []string{"none", "unset"}; !slices.Equal(got.Endpoints, want) {
		t.Errorf("Endpoints = %q, want %q", got.Endpoints, want)
	}
	if _, err := configfile.ReadOutline("testdata/faults/top.toml"); err == nil {
		t.Error("ReadOutline of a file with data = \"mysql://…\": no error")
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hookseal.toml")
	const text = "data = \"events.db\"\n[source.a]\nprovider = \"none\"\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	running, err := configfile.Open(path, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Store.Ping(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := configfile.Open(path, options()); err == nil {
		t.Error("a second Open of one store: no error")
	}
	if err := running.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "events.db")); err != nil {
		t.Error(err)
	}
}

func TestOpenOfFaultyFileMakesNoStore(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hookseal.toml")
	if err := os.WriteFile(path, []byte("[source.a]\nprovider = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := configfile.Open(path, options())
	if _, ok := errors.AsType[tomlfile.Faults](err); !ok {
		t.Errorf("Open = %v, want faults", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "hookseal.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat of the store = %v, want %v", err, fs.ErrNotExist)
	}
}

// A SQLite file has its disk looked at unless the file says otherwise; a database
// has a disk elsewhere.
func TestMinFreeDisk(t *testing.T) {
	for text, want := range map[string]int64{
		"":                                    64 << 20,
		"[limits]\nmin_free_disk = \"2GB\"\n": 2e9,
		"[limits]\nmin_free_disk = \"1B\"\n":  1,
		"data = \"postgres://h/d\"\n":         0,
	} {
		path := filepath.Join(t.TempDir(), "hookseal.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := load(t, path).Engine.Limits.FreeDisk; got != want {
			t.Errorf("%q: FreeDisk = %d, want %d", text, got, want)
		}
	}
}
