//go:build unix

package main

import (
	"net"
	"path/filepath"
	"testing"
)

func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer systemd.Close()
	if err := (notifier{path}).tell(notifyReady); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 64)
	n, err := systemd.Read(got)
	if err != nil || string(got[:n]) != "READY=1" {
		t.Errorf("systemd was told %q, %v, want READY=1", got[:n], err)
	}
	if err := (notifier{}).tell(notifyReady); err != nil {
		t.Errorf("without a socket: %v, want nil", err)
	}
	if err := (notifier{path + ".gone"}).tell(notifyReady); err == nil {
		t.Error("nobody at the socket: nil, want an error")
	}
}
