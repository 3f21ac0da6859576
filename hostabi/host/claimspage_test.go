package host

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// tableUnder returns the names in the first column of the table under a heading.
func tableUnder(t *testing.T, page, heading string) []string {
	t.Helper()
	_, section, found := strings.Cut(page, "\n## "+heading+"\n")
	if !found {
		t.Fatalf("CLAIMS.md has no heading %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var names []string
	for line := range strings.SplitSeq(section, "\n") {
		column, _, row := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !row || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(column, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// expressionPipes are those that [scheme.ReadExpression] takes: without what needs
// more than the request, and without what CLAIMS.md says is left out.
func expressionPipes() []string {
	var names []string
	for name := range scheme.Pipes() {
		if strings.Contains(name, "sha256") || strings.Contains(name, "base64url,") ||
			strings.HasPrefix(name, "signed-headers") || name == "stringify:ecmascript" {
			continue
		}
		names = append(names, name)
	}
	return names
}

// What a module names by texts stands on one page of the contract, all of it.
func TestClaimsPageListsEveryName(t *testing.T) {
	page := file(t, "hostabi", "CLAIMS.md")
	if !strings.Contains(file(t, "hostabi", "SPEC.md"), "[CLAIMS.md](CLAIMS.md)") {
		t.Error("SPEC.md does not name CLAIMS.md as a part of the contract")
	}
	reasons := tableUnder(t, page, "Reasons")
	var inOrder []string
	for _, reason := range webhook.Reasons() {
		inOrder = append(inOrder, string(reason))
	}
	if !slices.Equal(reasons, inOrder) {
		t.Errorf("CLAIMS.md has the reasons\n%q\nthe host knows, in this order,\n%q", reasons, inOrder)
	}
	var algorithms []string
	for _, algorithm := range scheme.Algorithms() {
		algorithms = append(algorithms, string(algorithm))
	}
	for heading, want := range map[string][]string{
		"Algorithms":  algorithms,
		"Keys":        slices.Collect(maps.Keys(scheme.KeySteps())),
		"Expressions": expressionPipes(),
	} {
		got := tableUnder(t, page, heading)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("CLAIMS.md has under %q\n%q\nthe host knows\n%q", heading, got, want)
		}
	}
}

// The page says which pipes an expression takes; the host takes those and no other.
func TestExpressionsTakeThePipesOfThePage(t *testing.T) {
	req := &webhook.Request{Method: "POST", Target: "/a?b=c", Scheme: "https", Host: "h.example"}
	arguments := strings.NewReplacer("PATH", "a", "NAME", "a")
	for _, pipe := range tableUnder(t, file(t, "hostabi", "CLAIMS.md"), "Expressions") {
		value := "url"
		switch word, _, _ := strings.Cut(pipe, ":"); word {
		case "join", "join-encoded", "values", "sort-unique":
			value = "query"
		case "sort", "without", "without-empty", "merge":
			value, pipe = "query", pipe+" | values:','"
		}
		if _, _, err := scheme.ReadExpression(req, value+" | "+arguments.Replace(pipe)); err != nil {
			t.Errorf("an expression with the pipe %s: %v", pipe, err)
		}
	}
	for _, text := range []string{
		"body | stringify:ecmascript", "url | sha256 | hex", "url | base64", "header.a | signed-headers:',',':',';'",
		"body", "secret", "sig.a", "jwt.claims.a", "item.a", "setting.a", "query", "{url}", "url | none",
	} {
		if _, _, err := scheme.ReadExpression(req, text); err == nil {
			t.Errorf("the expression %q is taken, want it refused", text)
		}
	}
}

// The closed list of kinds on the page of the contract is the code's.
func TestSpecListsEveryErrorKind(t *testing.T) {
	_, table, _ := strings.Cut(file(t, "hostabi", "SPEC.md"), "| kind | when |")
	table, _, _ = strings.Cut(table, "\n\n")
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
		got = append(got, m[1])
	}
	declared := regexp.MustCompile(`GuestErrorKind = "(\w+)"`)
	var want []string
	for _, m := range declared.FindAllStringSubmatch(file(t, "engine", "webhook", "guest.go"), -1) {
		want = append(want, m[1])
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("SPEC.md has the kinds %q, want %q", got, want)
	}
}
