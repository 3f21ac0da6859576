package script

import (
	"strings"

	"github.com/dop251/goja"
)

// maxLogLine bounds one line of the log, in bytes.
const maxLogLine = 4096

// logSink is where the lines of one call go.
type logSink struct {
	emit func(level, line string)
	left int
	// full is set once the last line has been announced.
	full bool
}

// write hands out one line, and in place of the first one too many a line that
// says so.
func (s *logSink) write(level, line string) {
	switch {
	case s.emit == nil || s.full:
	case s.left <= 0:
		s.full = true
		s.emit("warn", "further log lines of this call are left out")
	default:
		s.left--
		s.emit(level, line)
	}
}

// silent reports whether a line would go nowhere.
func (s *logSink) silent() bool { return s.emit == nil || s.full }

// console is the object of that name: log and info, debug, warn and error.
func (c *call) console() *lazyObject {
	return &lazyObject{compute: func(name string) goja.Value {
		level, ok := map[string]string{"log": "info", "info": "info", "debug": "debug", "warn": "warn", "error": "error"}[name]
		if !ok {
			return nil
		}
		return c.vm.ToValue(func(args goja.FunctionCall) goja.Value {
			if !c.log.silent() {
				c.log.write(level, c.logLine(args.Arguments))
			}
			return goja.Undefined()
		})
	}}
}

// logLine joins the arguments by spaces: strings as they are, everything else
// as JSON where it has one. A line break would forge a line of its own.
func (c *call) logLine(args []goja.Value) string {
	var line strings.Builder
	for i, arg := range args {
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(c.logText(arg))
		if line.Len() > maxLogLine {
			return singleLine(line.String()[:maxLogLine]) + "…"
		}
	}
	return singleLine(line.String())
}

func singleLine(text string) string {
	text = strings.ToValidUTF8(text, "")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

func (c *call) logText(v goja.Value) string {
	object, ok := v.(*goja.Object)
	if !ok {
		return v.String()
	}
	switch object.ClassName() {
	case "Error", "Function", "RegExp":
		return object.String()
	}
	w := &jsonWriter{call: c, limit: maxLogLine}
	err := w.value(v)
	if len(w.out) == 0 && err != nil {
		return object.String()
	}
	return string(w.out)
}
