package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Every line that --keep prints does what it says.
func TestRecipes(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "openssl"} {
		needs(t, tool)
	}
	s, err := openStage(t.Context(), quick())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, r := range s.recipes() {
		out, err := exec.Command("sh", "-c", r.shell).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", r.about, err, out)
			continue
		}
		if got, want := strings.TrimSpace(string(out)), fmt.Sprint(r.status); !strings.HasSuffix(got, want) {
			t.Errorf("%s: printed %q, want the status %s\n%s", r.about, got, want, r.shell)
		}
	}
}

func needs(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatalf("%s is missing", tool)
		}
		t.Skipf("%s is missing", tool)
	}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &watched{until: "/metrics | grep", seen: cancel}
	result, err := run(ctx, Options{Out: out, Keep: true}, quick())
	if err != nil || !result.OK {
		t.Fatalf("result = %+v, %v", result, err)
	}
	for _, provider := range providers {
		if want := "/in/" + provider + ` --data-binary "$body"`; !strings.Contains(out.String(), want) {
			t.Errorf("no line sends to %s", provider)
		}
	}
}

// watched calls seen once a text was written to it.
type watched struct {
	bytes.Buffer
	until string
	seen  func()
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if bytes.Contains(p, []byte(w.until)) {
		w.seen()
	}
	return n, err
}
