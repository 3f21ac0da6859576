package demo

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// LiveHeight and LiveWidth are the lines and columns that the table takes.
const (
	LiveHeight = 18
	LiveWidth  = 70
)

// frameTime is the time between two drawings of the table.
const frameTime = 100 * time.Millisecond

// The ANSI sequences of the table that moves.
const (
	hideCursor = "\x1b[?25l"
	showCursor = "\x1b[?25h"
	clearBelow = "\x1b[J"
	clearLine  = "\x1b[K"
)

// live draws the table over itself until perform returns, and then takes it
// away to make room for the summary.
func (s *show) live(perform func(tell func(format string, args ...any)) error) error {
	var status atomic.Value
	status.Store("")
	ctx, stop := context.WithCancel(s.stage.ctx)
	defer stop()
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		s.redraw(ctx, &status)
	}()
	err := perform(func(format string, args ...any) { status.Store(fmt.Sprintf(format, args...)) })
	stop()
	<-drawn
	return err
}

func (s *show) redraw(ctx context.Context, status *atomic.Value) {
	s.print(hideCursor)
	ticker := time.NewTicker(frameTime)
	defer ticker.Stop()
	height := 0
	for {
		lines, err := s.frame(ctx, status.Load().(string))
		if err == nil {
			s.print(up(height) + strings.Join(lines, clearLine+"\n") + clearLine + "\n" + clearBelow)
			height = len(lines)
		}
		select {
		case <-ctx.Done():
			s.print(up(height) + clearBelow + showCursor)
			return
		case <-ticker.C:
		}
	}
}

// up returns to the beginning of the line that is so far above.
func up(lines int) string {
	if lines == 0 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA\r", lines)
}

// frame is the table as it stands. The error is that of the store, whose next
// answer the next frame shows.
func (s *show) frame(ctx context.Context, status string) ([]string, error) {
	outflows, err := s.stage.outflows(ctx)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("hookseal demo · %.1f s", time.Since(s.start).Seconds())
	lines := []string{s.paint.text(bold, head), ""}
	in, out := intakeTable(s.stage.intakes(), progress), outflowTable(outflows)
	in.cut, out.cut = true, true
	lines = append(lines, in.lines(s.paint, s.Width)...)
	lines = append(lines, "")
	lines = append(lines, out.lines(s.paint, s.Width)...)
	return append(lines, "", s.paint.text(dim, cut(status, s.Width))), nil
}

// progress is a bar of how much is sent.
func progress(in Intake) cell {
	const width = 20
	full := 0
	if in.Planned > 0 {
		full = width * in.Sent / in.Planned
	}
	return cell{strings.Repeat("█", full) + strings.Repeat("░", width-full), green}
}
