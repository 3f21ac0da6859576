package demo

import (
	"fmt"
	"strings"
	"time"
)

// keep prints what to try, and shows what comes of it until the context ends.
func (s *stage) keep(show *show) error {
	show.print(show.invitation(s))
	if show.err != nil {
		return show.err
	}
	s.desk.announce(func(format string, args ...any) {
		line := fmt.Sprintf(format, args...)
		show.print(show.paint.text(dim, time.Now().Format("15:04:05")) + "  " + line + "\n")
	})
	<-s.ctx.Done()
	s.desk.announce(nil)
	return show.err
}

// invitation says what to type.
func (show *show) invitation(s *stage) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	comment := func(text string) { line("\n%s", show.paint.text(dim, "# "+text)) }

	line("\n%s", show.paint.text(bold, "EVERYTHING KEEPS RUNNING until Ctrl-C. Paste any of these into another terminal"))
	line("(they need curl and openssl) and watch here what comes of them.")
	for _, recipe := range s.recipes() {
		comment(recipe.about)
		line("%s", recipe.shell)
	}
	comment("what Prometheus would see")
	line("curl -s %s/metrics | grep ^hookseal_", s.url)
	line("")
	return b.String()
}
