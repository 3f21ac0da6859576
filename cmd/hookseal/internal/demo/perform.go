package demo

import (
	"context"
	"errors"
)

// perform sends all mail and waits until everything has come to its end, or
// until the patience has. It returns an error only for what is no result.
func (s *stage) perform(ctx context.Context, tell func(format string, args ...any)) error {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	tell("%d senders post to %s", len(s.mail), s.url)
	s.sendAll(ctx)
	tell("all is sent; waiting until every endpoint but dead is served")
	err := s.await(ctx, s.othersServed)
	s.delayed = err != nil
	s.openGate()
	if err == nil {
		tell("every other endpoint is served; dead answers from now on")
		err = s.await(ctx, func(ctx context.Context) (bool, error) { return s.ended(ctx, "") })
	}
	if errors.Is(err, context.DeadlineExceeded) {
		tell("not everything came to its end within %v", s.patience)
		return nil
	}
	return err
}

// othersServed reports whether the dead endpoint keeps as many deliveries
// waiting as it is sent at a time, and nothing is left to do for the others. It
// proves that a dead endpoint stands in nobody's way without measuring time.
func (s *stage) othersServed(ctx context.Context) (bool, error) {
	if s.role("dead").receiver.record().waiting < deadSlots {
		return false, nil
	}
	return s.ended(ctx, "dead")
}

func (s *stage) role(name string) *role {
	for _, r := range s.roles {
		if r.name == name {
			return r
		}
	}
	panic("demo: no role " + name)
}
