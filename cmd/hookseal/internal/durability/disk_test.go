package durability

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hookseal/hookseal/engine/store/postgres/pgtest"
)

// The disk gets full under load: senders are asked to come later, the log says
// why, and once there is space the server goes on by itself. Whatever it answered
// 202 to is delivered.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "64m")
	log := fillDisk(t, disk, filepath.Join(disk, sqliteFile), "limits.min_free_disk = \"1B\"", 32<<10, func() {})
	if !strings.Contains(log, "webhook could not be taken") {
		t.Errorf("the log of a full disk does not say why:\n%s", log)
	}
}

// Without a word in the configuration the intake stops while the disk still has
// room, so that what was taken can be delivered, and goes on when there is more.
func TestDiskNearlyFull(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, "110m")
	log := fillDisk(t, disk, filepath.Join(disk, sqliteFile), "", 4<<10, func() {})
	if !strings.Contains(log, "intake has stopped") || strings.Contains(log, "webhook could not be taken") {
		t.Errorf("the disk was filled, want that the intake stops before:\n%s", log)
	}
}

// The same with a database, which ends itself when it cannot write its log, and
// is started again once there is space.
func TestDiskFullOfPostgres(t *testing.T) {
	disk := smallDisk(t, "200m")
	t.Setenv("TMPDIR", disk)
	database := pgtest.Own(t, "max_wal_size=32MB", "min_wal_size=32MB")
	log := fillDisk(t, disk, database.DSN("postgres"), "", 32<<10, func() {
		if err := errors.Join(database.Kill(), database.Run()); err != nil {
			t.Fatal(err)
		}
	})
	if !strings.Contains(log, "webhook could not be taken") {
		t.Errorf("the log of a full disk does not say why:\n%s", log)
	}
}

// fillDisk sends events with bodies of pad bytes until some are refused, makes room
// and has more of them taken. It returns the errors that the server logged.
func fillDisk(t *testing.T, disk, data, limits string, pad int, repair func()) string {
	t.Helper()
	bin := buildBinary(t)
	s := newSink()
	endpoint := httptest.NewServer(s)
	defer endpoint.Close()
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 40<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	addr, log := freeAddress(t), &logged{}
	config := writeConfigOn(t, t.TempDir(), addr, endpoint.URL, data)
	rewrite(t, config, "limits.lease", limits+"\nlimits.lease")
	running := startLogged(t, log, addr, bin, "serve", "--config", config, "--log-level", "error")

	l := newLoad(addr, 0)
	l.pad = pad
	var posting sync.WaitGroup
	posting.Go(func() { l.run() })
	loads := []*load{l}
	awaitCounts(t, loads, "one refused", func(_, refused int) bool { return refused > 0 })
	_, before := l.counts()
	awaitCounts(t, loads, "more refused", func(_, refused int) bool { return refused > before+20 })
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	repair()
	awaitTaken(t, loads, 20)
	l.end()
	posting.Wait()
	s.await(t, l.taken)
	s.judge(t, len(l.taken))
	running.kill(t, syscall.SIGTERM)
	return log.String()
}

// smallDisk mounts a file system of that size in memory, until the test ends.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hookseal-disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=1777,size="+size); err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatalf("mount a small file system: %v", err)
		}
		t.Skipf("a small file system needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// logged is what a server writes, beside its standard error.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
