package main

import (
	"fmt"
	"net"
	"time"
)

// notifier tells systemd what the server does, for units of Type=notify (see
// sd_notify(3)).
type notifier struct {
	// socket is what NOTIFY_SOCKET names; without one there is nobody to tell.
	socket string
}

// The states that systemd knows.
const (
	notifyReady    = "READY=1"
	notifyStopping = "STOPPING=1"
)

// tell sends a state.
func (n notifier) tell(state string) error {
	if n.socket == "" {
		return nil
	}
	// A name that begins with @ is one of the abstract namespace, as in net.
	conn, err := net.DialTimeout("unixgram", n.socket, time.Second)
	if err != nil {
		return fmt.Errorf("tell %s: %w", state, err)
	}
	_, err = conn.Write([]byte(state))
	if closed := conn.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("tell %s: %w", state, err)
	}
	return nil
}
