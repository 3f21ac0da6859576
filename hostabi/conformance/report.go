package conformance

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Status is what came of a check.
type Status string

// The statuses.
const (
	// Pass and Fail are verdicts.
	Pass Status = "pass"
	Fail Status = "fail"
	// Skip says that the check does not apply, or could not be made.
	Skip Status = "skip"
)

// Result is what came of one check.
type Result struct {
	// Check is its name.
	Check string `json:"check"`
	// Status is the verdict, or that there is none.
	Status Status `json:"status"`
	// Detail says in a line what was tried, or why it was not.
	Detail string `json:"detail"`
	// Faults say what was wrong, and are empty but for a check that failed. The
	// text is the module's in part.
	Faults []string `json:"faults"`
}

// Report is what came of all checks, in order.
type Report struct {
	// Module is what was tried.
	Module Module `json:"module"`
	// Results has one for each check, whatever came of it.
	Results []Result `json:"results"`
}

// Passed reports whether no check failed.
func (r Report) Passed() bool { return r.count(Fail) == 0 }

// String returns the report as text that an author may attach to a release: the
// module, a line for each check with its faults below it, and the sum. Control
// characters are replaced.
func (r Report) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s, sha256 %s\n\n", printable(r.Module.Name), plural(r.Module.Size, "byte"), r.Module.SHA256)
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, result := range r.Results {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", result.Status, result.Check, printable(result.Detail))
	}
	_ = columns.Flush() // a strings.Builder takes everything
	for _, result := range r.Results {
		for _, fault := range result.Faults {
			fmt.Fprintf(&text, "\n%s:\n", result.Check)
			for line := range strings.Lines(fault) {
				fmt.Fprintf(&text, "  %s\n", printable(strings.TrimSuffix(line, "\n")))
			}
		}
	}
	fmt.Fprintf(&text, "\n%d passed, %d failed, %d skipped\n", r.count(Pass), r.count(Fail), r.count(Skip))
	return text.String()
}

func (r Report) count(status Status) int {
	n := 0
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}

func (r *Report) add(name string, f finding) {
	result := Result{Check: name, Status: Pass, Detail: f.detail, Faults: []string{}}
	switch {
	case f.skipped:
		result.Status = Skip
	case len(f.faults) > 0:
		result.Status, result.Faults = Fail, f.faults
	}
	r.Results = append(r.Results, result)
}

// skip notes why the named checks, and those of a loaded module, were not made.
func (r *Report) skip(why string, names ...string) {
	for _, c := range checks() {
		names = append(names, c.name)
	}
	for _, name := range names {
		r.add(name, skipped("%s", why))
	}
}

// finding is a result before it has its name.
type finding struct {
	detail  string
	faults  []string
	skipped bool
}

func pass(format string, args ...any) finding { return finding{detail: fmt.Sprintf(format, args...)} }

func skipped(format string, args ...any) finding {
	return finding{detail: fmt.Sprintf(format, args...), skipped: true}
}

func fail(format string, args ...any) finding {
	return finding{detail: "see below", faults: []string{fmt.Sprintf(format, args...)}}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// printable replaces what a terminal would act on.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
