package configfile_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

const watched = `listen = "127.0.0.1:0"
data = "events.db"

[catalog]
path = "packs"

[source.contracts]
provider = "acme"
secret = "file:secret"

[source.tasks]
provider = "asana"
keep_secret = true

[endpoint.crm]
url = "https://crm.example/"
sign = "none"

[[subscription]]
source = "contracts"
endpoint = "crm"
transform = "to-crm.js"
`

// watchedPack is a pack whose signature stands in a header.
func watchedPack(header string) string {
	return fmt.Sprintf("name = \"Acme\"\ndocs = \"d\"\nproof = \"document\"\n[scheme]\nextends = \"hub-signature-256\"\nsignature = { header = %q }\n", header)
}

// desk is a folder with a configuration that is watched.
type desk struct {
	t    *testing.T
	dir  string
	now  chan os.Signal
	mu   sync.Mutex
	list []seen
	// clock is the time of the last write. Each is a second later than the one
	// before, since the clock of the bubble is not that of the file system.
	clock time.Time
}

// versions are those that were reported so far.
func (d *desk) versions() []seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

// seen is a version that Watch reported, and when.
type seen struct {
	after  time.Duration
	config *configfile.Config
	err    error
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.clock = d.clock.Add(time.Second)
	if err := os.Chtimes(path, d.clock, d.clock); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) remove(name string) {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.dir, name)); err != nil {
		d.t.Fatal(err)
	}
}

// newDesk writes a configuration with a file of every kind.
func newDesk(t *testing.T) *desk {
	d := &desk{t: t, dir: t.TempDir(), clock: time.Unix(1_700_000_000, 0)}
	d.write("hookseal.toml", watched)
	d.write("secret", "one\n")
	d.write("events.db.secrets/tasks", "handed-out")
	d.write("to-crm.js", "export default function transform(event) { return event; }\n")
	d.write("packs/acme/provider.toml", watchedPack("X-One"))
	return d
}

// watch has the desk watched while do runs, in a bubble.
func watch(t *testing.T, do func(d *desk)) {
	t.Helper()
	d := newDesk(t)
	synctest.Test(t, func(t *testing.T) {
		d.t, d.now = t, make(chan os.Signal) // which has to be of the bubble
		c, err := configfile.Load(filepath.Join(d.dir, "hookseal.toml"), configfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		ended := make(chan bool)
		go func() {
			defer close(ended)
			configfile.Watch(ctx, c, configfile.Watching{Now: d.now}, func(next *configfile.Config, err error) {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.list = append(d.list, seen{time.Since(start), next, err})
			})
		}()
		// Half a second, so that every look falls between two steps of the test.
		time.Sleep(500 * time.Millisecond)
		do(d)
		cancel()
		<-ended
	})
}

// wait lets looks happen.
func wait(looks int) { time.Sleep(time.Duration(looks) * time.Second) }

func TestWatchSeesEveryFile(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(d *desk)
	}{
		{"the file itself", func(d *desk) { d.write("hookseal.toml", watched+"\n# a comment\n") }},
		{"a secret", func(d *desk) { d.write("secret", "two\n") }},
		{"a kept secret", func(d *desk) { d.remove("events.db.secrets/tasks") }},
		{"a transform", func(d *desk) { d.write("to-crm.js", "export default function transform() { return null; }\n") }},
		{"a pack", func(d *desk) { d.write("packs/acme/provider.toml", watchedPack("X-Two")) }},
		{"a pack that comes before one that ships", func(d *desk) { d.write("packs/github/provider.toml", watchedPack("X-Two")) }},
		{"a file that is replaced", func(d *desk) {
			d.write("next", "two\n")
			if err := os.Rename(filepath.Join(d.dir, "next"), filepath.Join(d.dir, "secret")); err != nil {
				d.t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			watch(t, func(d *desk) {
				wait(5)
				if len(d.versions()) != 0 {
					t.Fatalf("%d versions without a change, the first %+v", len(d.versions()), d.versions()[0])
				}
				test.change(d)
				wait(1)
				if len(d.versions()) != 0 {
					t.Errorf("the change was taken up at once, want it seen twice before: %+v", d.versions()[0])
				}
				wait(10)
				if len(d.versions()) != 1 || d.versions()[0].err != nil {
					t.Fatalf("versions = %+v, want one without an error", d.versions())
				}
			})
		})
	}
}

// A file that is written in steps is taken up when it is whole, and not before.
func TestWatchWaitsForTheRest(t *testing.T) {
	watch(t, func(d *desk) {
		d.write("hookseal.toml", "")
		wait(1)
		d.write("hookseal.toml", watched[:len(watched)/2])
		wait(1)
		d.remove("hookseal.toml")
		wait(1)
		d.write("hookseal.toml", watched+"\n[source.other]\nprovider = \"none\"\n")
		wait(5)
		if len(d.versions()) != 1 || d.versions()[0].err != nil {
			t.Fatalf("versions = %+v, want the last alone", d.versions())
		}
		if _, ok := d.versions()[0].config.Engine.Sources["other"]; !ok {
			t.Error("the version has no source other")
		}
	})
}

// What was written and taken back within a look is no change.
func TestWatchIgnoresWhatWasTakenBack(t *testing.T) {
	watch(t, func(d *desk) {
		kept := filepath.Join(d.dir, "kept")
		if err := os.Rename(filepath.Join(d.dir, "secret"), kept); err != nil {
			t.Fatal(err)
		}
		wait(1)
		if err := os.Rename(kept, filepath.Join(d.dir, "secret")); err != nil {
			t.Fatal(err)
		}
		wait(5)
		if len(d.versions()) != 0 {
			t.Errorf("versions = %+v, want none", d.versions())
		}
	})
}

// A mounted volume swaps one link, behind which every file is another one.
func TestWatchFollowsLinks(t *testing.T) {
	watch(t, func(d *desk) {
		link := func(target, name string) {
			t.Helper()
			next := filepath.Join(d.dir, "next")
			if err := os.Symlink(target, next); err != nil {
				t.Skipf("symbolic links cannot be made here: %v", err)
			}
			if err := os.Rename(next, filepath.Join(d.dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		d.write("..1/secret", "one\n")
		d.write("..2/secret", "two\n")
		link("..1", "..data")
		link("..data/secret", "secret")
		wait(5)
		link("..2", "..data")
		wait(5)
		if len(d.versions()) != 2 || d.versions()[1].err != nil {
			t.Fatalf("versions = %+v, want two: the link, and what it leads to", d.versions())
		}
		secrets, err := d.versions()[1].config.Engine.Sources["contracts"].Secrets.Secrets(t.Context(), engine.Hint{})
		if err != nil || len(secrets) != 1 || string(secrets[0].Reveal()) != "two" {
			t.Errorf("Secrets = %d, %v, want the second file's", len(secrets), err)
		}
	})
}

// A version that does not load is reported once, with what it takes to mend it;
// what it lacks is watched for.
func TestWatchReportsFaultsOnce(t *testing.T) {
	watch(t, func(d *desk) {
		d.write("hookseal.toml", strings.ReplaceAll(watched, "to-crm.js", "later.js"))
		wait(10)
		if len(d.versions()) != 1 {
			t.Fatalf("versions = %+v, want one", d.versions())
		}
		faults, ok := errors.AsType[tomlfile.Faults](d.versions()[0].err)
		if !ok || len(faults) != 1 || faults[0].Line == 0 || faults[0].Key != "subscription[0].transform" {
			t.Fatalf("error = %v, want the line of the transform", d.versions()[0].err)
		}
		d.write("later.js", "export default function transform(event) { return event; }\n")
		wait(10)
		if len(d.versions()) != 2 || d.versions()[1].err != nil {
			t.Fatalf("versions = %+v, want a second that loads", d.versions())
		}
		d.remove("hookseal.toml")
		wait(10)
		if len(d.versions()) != 3 || !errors.Is(d.versions()[2].err, fs.ErrNotExist) {
			t.Fatalf("versions = %+v, want a third that is not there", d.versions())
		}
		d.write("hookseal.toml", watched)
		wait(10)
		if len(d.versions()) != 4 || d.versions()[3].err != nil {
			t.Fatalf("versions = %+v, want a fourth that loads", d.versions())
		}
	})
}

func TestWatchLoadsOnASignal(t *testing.T) {
	watch(t, func(d *desk) {
		d.now <- syscall.SIGHUP
		synctest.Wait()
		if len(d.versions()) != 1 || d.versions()[0].err != nil || d.versions()[0].after != 500*time.Millisecond {
			t.Fatalf("versions = %+v, want one at once", d.versions())
		}
		d.write("secret", "two\n")
		d.now <- syscall.SIGHUP
		synctest.Wait()
		wait(10)
		if len(d.versions()) != 2 {
			t.Errorf("versions = %+v, want the second once", d.versions())
		}
	})
}

// What holds while a version is loaded is told of each, and has it made live.
func TestWatchTellsWhenItLoads(t *testing.T) {
	d := newDesk(t)
	c, err := configfile.Load(filepath.Join(d.dir, "hookseal.toml"), configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	now := make(chan os.Signal, 2)
	now <- syscall.SIGHUP
	now <- syscall.SIGHUP
	var order []string
	loading := func(load func()) {
		order = append(order, "before")
		load()
		order = append(order, "after")
		if len(order) == 6 {
			cancel()
		}
	}
	configfile.Watch(ctx, c, configfile.Watching{Now: now, Every: time.Hour, Loading: loading}, func(next *configfile.Config, err error) {
		if next == nil || err != nil {
			t.Errorf("a version = %v, %v, want one", next, err)
		}
		order = append(order, "live")
	})
	if want := []string{"before", "live", "after", "before", "live", "after"}; !slices.Equal(order, want) {
		t.Errorf("calls = %v, want %v", order, want)
	}
}
