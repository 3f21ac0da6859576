package durability

import (
	"bufio"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "modernc.org/sqlite" // to look for damage

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// The power is cut at random moments: after each, only what was synced is sure
// to be on the disk. The system calls of the real binary are recorded, and its
// files made anew as they might have been left, with what was not synced kept,
// torn or dropped at random, and dropped altogether. Every webhook that was
// answered 202 before the cut is in the store that opens then.
//
// HOOKSEAL_CUTS sets how many cuts (40), HOOKSEAL_SEED the moments.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		options []string
	}{
		{"healthy", nil},
		{"syncs that fail", []string{"-e", "inject=fsync,fdatasync:error=EIO:when=30+9"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			strace, bin := need(t, "strace"), buildBinary(t)
			s := httptest.NewServer(newSink())
			defer s.Close()
			addr, dir := freeAddress(t), realDir(t)
			config := writeConfig(t, dir, addr, s.URL)
			var trace []string
			for life, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
				trace = append(trace, recorded(t, recording{
					strace: strace, options: append([]string{"-xx", "-s", "200000"}, tt.options...), addr: addr,
					command: []string{bin, "serve", "--config", config, "--log-level", "error"},
				}, func() { postPlates(addr, life) }, end)...)
			}
			all := calls(trace)
			faults, acks := cutPower(t, film(all, dir), answered(all), len(trace))
			if len(faults) > 0 {
				t.Errorf("%d faults; the first: %s", len(faults), faults[0])
			}
			if acks < 100 {
				t.Errorf("only %d webhooks were acknowledged", acks)
			}
		})
	}
}

// The test above would notice a database that does not sync.
func TestPowerCutsAreNoticed(t *testing.T) {
	t.Parallel()
	strace := need(t, "strace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	addr, dir := freeAddress(t), realDir(t)
	trace := recorded(t, recording{
		strace: strace, options: []string{"-xx", "-s", "200000"}, addr: addr,
		command: []string{self, "-serve-unsynced", addr + "," + filepath.Join(dir, sqliteFile)},
	}, func() { postPlates(addr, 0) }, syscall.SIGKILL)
	all := calls(trace)
	if faults, _ := cutPower(t, film(all, dir), answered(all), len(trace)); len(faults) == 0 {
		t.Error("with synchronous=OFF no cut loses anything")
	}
}

// realDir is a temporary folder by the name that the server opens it under.
func realDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// postPlates posts webhooks from several connections. What is refused, or not
// answered, is not tried again.
func postPlates(addr string, life int) {
	var wg sync.WaitGroup
	for c := range traceConnections {
		wg.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				return
			}
			defer conn.Close()
			answers := bufio.NewReader(conn)
			for r := range 20 {
				body := fmt.Sprintf(`{"plate":"%d-%02d-%02d","pad":%q}`, life, c, r, strings.Repeat("x", 3000))
				if _, err := send(conn, answers, body); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

var plate = regexp.MustCompile(`"plate":"([0-9-]+)"`)

// answered returns at which line each webhook was answered 202.
func answered(all []call) map[string]int {
	asked, acks := map[int]string{}, map[string]int{}
	for _, c := range all {
		_, quoted, _ := strings.Cut(c.text, `"`)
		quoted, _, _ = strings.Cut(quoted, `"`)
		switch c.name {
		case "read":
			if m := plate.FindSubmatch(unhex(quoted)); m != nil {
				asked[c.fd] = string(m[1])
			}
		case "write":
			if id := asked[c.fd]; id != "" && strings.HasPrefix(string(unhex(quoted)), fmt.Sprintf("HTTP/1.1 %d", http.StatusAccepted)) {
				acks[id] = c.began
				delete(asked, c.fd)
			}
		}
	}
	return acks
}

// cutPower cuts the power at random lines, and returns what was wrong after it,
// with how many webhooks were answered in all.
func cutPower(t *testing.T, p *platter, acks map[string]int, lines int) (faults []string, answers int) {
	t.Helper()
	cuts, seed := number(t, "HOOKSEAL_CUTS", 40), uint64(number(t, "HOOKSEAL_SEED", 1))
	chance := rand.New(rand.NewPCG(seed, seed))
	if len(acks) == 0 {
		t.Fatal("nothing was answered 202")
	}
	first := lines
	for _, at := range acks {
		first = min(first, at)
	}
	for n := range cuts {
		cut := first + 1 + chance.IntN(lines-first)
		keep := []float64{0, 0.5, 1, chance.Float64()}[n%4]
		dir := t.TempDir()
		if err := p.develop(dir, cut, keep, chance); err != nil {
			t.Fatal(err)
		}
		if err := examine(t, dir, cut, acks); err != nil {
			faults = append(faults, fmt.Sprintf("cut %d at line %d of %d, keeping %.2f: %v", n, cut, lines, keep, err))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d answers, %d cuts, seed %d", len(acks), cuts, seed)
	return faults, len(acks)
}

// examine opens the store that is left, and looks for what was answered before
// the cut.
func examine(t *testing.T, dir string, cut int, acks map[string]int) (err error) {
	path := filepath.Join(dir, sqliteFile)
	s, err := sqlite.Open(path, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.Events(t.Context(), store.EventQuery{})
	if err != nil {
		return err
	}
	var kept []string
	for _, e := range list {
		whole, err := s.Event(t.Context(), e.ID)
		if err != nil {
			return err
		}
		if m := plate.FindSubmatch(whole.Body); m != nil {
			kept = append(kept, string(m[1]))
		}
	}
	for id, at := range acks {
		if at < cut && !slices.Contains(kept, id) {
			return fmt.Errorf("webhook %s was answered 202 and is lost", id)
		}
	}
	return intact(path)
}

// intact reports damage of a database.
func intact(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRow("PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("integrity check: %s", found)
	}
	return nil
}
