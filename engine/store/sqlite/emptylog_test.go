package sqlite

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// While the log is read an event is erased, and the call says that the log holds
// it still. The next call empties the log.
func TestEraseWhileTheLogIsRead(t *testing.T) {
	s := openInternal(t, Options{})
	e := webhook.Event{ID: "e1", Body: []byte("said by Alice")}
	if _, err := s.Accept(t.Context(), store.Acceptance{Event: e}); err != nil {
		t.Fatal(err)
	}
	reader, err := connect(s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.close()
	if err := reader.script("BEGIN; SELECT count(*) FROM events"); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(t.Context(), "e1", time.Now()); err == nil || !strings.Contains(err.Error(), "do it again") {
		t.Errorf("Erase beside a reader = %v, want what to do", err)
	}
	if got, err := s.Event(t.Context(), "e1"); err != nil || got.Erased.IsZero() {
		t.Errorf("Event = %+v, %v, want it erased", got, err)
	}
	if err := reader.script("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(t.Context(), "e1", time.Now()); err != nil {
		t.Errorf("Erase after the reader = %v, want nil", err)
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.path + suffix)
		if err != nil || bytes.Contains(content, e.Body) {
			t.Errorf("the file path%s, %v, holds the body of an erased event", suffix, err)
		}
	}
}
