package host

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/hostabi"
)

func file(t *testing.T, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// letters translates the parameters of a declaration in C or Go into the letters
// of [function].
func letters(params string) string {
	out := ""
	for param := range strings.SplitSeq(params, ",") {
		switch {
		case strings.TrimSpace(param) == "" || strings.TrimSpace(param) == "void":
		case strings.Contains(param, "long long") || strings.Contains(param, "int64"):
			out += "I"
		default:
			out += "i"
		}
	}
	return out
}

func TestHeaderDeclaresEveryFunction(t *testing.T) {
	declaration := regexp.MustCompile(`HS_IMPORT\((\w+)\) (?:__attribute__\(\(noreturn\)\) )?(\w+) \w+\(([^)]*)\);`)
	declared := map[string]bool{}
	for _, m := range declaration.FindAllStringSubmatch(file(t, "wasm-build", "sdk", "c", "hookseal.h"), -1) {
		declared[m[1]] = true
		f, ok := functions()[m[1]]
		if !ok || letters(m[3]) != f.params || (m[2] == "void") != f.silent {
			t.Errorf("hookseal.h declares %s as %s(%s), the host serves it with the parameters %q", m[1], m[2], m[3], f.params)
		}
	}
	sameNames(t, "hookseal.h", declared)
}

func TestGoSDKDeclaresEveryFunction(t *testing.T) {
	declaration := regexp.MustCompile(`//go:wasmimport ` + hostabi.Module + ` (\w+)\nfunc \w+\(([^)]*)\)( int32)?\n`)
	declared := map[string]bool{}
	for _, m := range declaration.FindAllStringSubmatch(file(t, "hostabi", "guest", "imports.go"), -1) {
		declared[m[1]] = true
		f, ok := functions()[m[1]]
		if !ok || letters(m[2]) != f.params || (m[3] == "") != f.silent {
			t.Errorf("the SDK declares %s(%s)%s, the host serves it with the parameters %q", m[1], m[2], m[3], f.params)
		}
	}
	sameNames(t, "the SDK", declared)
}

func TestSpecListsEveryFunction(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `(\\w+)\\(([^)]*)\\)` \\| `([^`]+)` \\|")
	listed := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(file(t, "hostabi", "SPEC.md"), -1) {
		listed[m[1]] = true
		f, ok := functions()[m[1]]
		named := len(strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' }))
		if want := typeText(f.types()); !ok || named != len(f.params) || m[3] != want {
			t.Errorf("SPEC.md lists %s(%s) as %s, the host serves it as %s", m[1], m[2], m[3], want)
		}
	}
	sameNames(t, "SPEC.md", listed)
}

func sameNames(t *testing.T, where string, declared map[string]bool) {
	t.Helper()
	got, want := slices.Sorted(maps.Keys(declared)), slices.Sorted(maps.Keys(functions()))
	if !slices.Equal(got, want) {
		t.Errorf("%s has the functions\n%v\nthe host serves\n%v", where, got, want)
	}
}

func TestWASIFunctionsAreListed(t *testing.T) {
	got, want := slices.Sorted(maps.Keys(wasiFunctions())), slices.Sorted(slices.Values(hostabi.WASIFunctions()))
	if !slices.Equal(got, want) {
		t.Errorf("the shim serves %v, hostabi lists %v", got, want)
	}
}

// Each rule of SPEC.md names the tests that prove it, and they exist.
func TestSpecNamesItsTests(t *testing.T) {
	var tests string
	for _, pattern := range []string{"*_test.go", "../*_test.go", "../metering/*_test.go", "../../wasm-build/*_test.go", "../../engine/*_test.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tests += string(text)
		}
	}
	rules := splitRules(file(t, "hostabi", "SPEC.md"))
	if len(rules) < 25 {
		t.Fatalf("SPEC.md has %d rules, want at least 25", len(rules))
	}
	for i, rule := range rules {
		names := regexp.MustCompile(`\b(?:Test|Fuzz)\w+`).FindAllString(rule, -1)
		if !strings.Contains(rule, "MUST") || len(names) == 0 {
			t.Errorf("rule %d of SPEC.md says no MUST or names no test: %.80s", i+1, rule)
		}
		for _, name := range names {
			if !strings.Contains(tests, "func "+name+"(") {
				t.Errorf("rule %d of SPEC.md names %s, which does not exist", i+1, name)
			}
		}
	}
}

// splitRules returns the numbered paragraphs.
func splitRules(spec string) []string {
	var rules []string
	for paragraph := range strings.SplitSeq(spec, "\n\n") {
		if regexp.MustCompile(`^\d+\. `).MatchString(paragraph) {
			rules = append(rules, paragraph)
		}
	}
	return rules
}

func TestHeaderNumbers(t *testing.T) {
	want := map[string]int32{
		"HS_METHOD": int32(hostabi.FieldMethod), "HS_TARGET": int32(hostabi.FieldTarget), "HS_PATH": int32(hostabi.FieldPath),
		"HS_URL": int32(hostabi.FieldURL), "HS_HEADER": int32(hostabi.FieldHeader), "HS_QUERY": int32(hostabi.FieldQuery),
		"HS_FORM": int32(hostabi.FieldForm), "HS_COOKIE": int32(hostabi.FieldCookie), "HS_JSON": int32(hostabi.FieldJSON),
		"HS_SETTING": int32(hostabi.FieldSetting), "HS_EVENT_ID": int32(hostabi.FieldEventID),
		"HS_EVENT_TYPE": int32(hostabi.FieldEventType), "HS_EVENT_SOURCE": int32(hostabi.FieldEventSource),
		"HS_EVENT_TIME": int32(hostabi.FieldEventTime), "HS_EVENT_PROVIDER": int32(hostabi.FieldEventProvider),
		"HS_EVENT_PROVIDER_ID": int32(hostabi.FieldEventProviderID), "HS_SUBSCRIPTION": int32(hostabi.FieldSubscription),
		"HS_ENDPOINT": int32(hostabi.FieldEndpoint), "HS_EXPRESSION": int32(hostabi.FieldExpression),
		"HS_JSON_TEXT": int32(hostabi.FieldJSONText), "HS_JSON_STRINGIFIED": int32(hostabi.FieldJSONStringified),
		"HS_ABSENT": int32(hostabi.Absent), "HS_MALFORMED": int32(hostabi.Malformed), "HS_AMBIGUOUS": int32(hostabi.Ambiguous),
		"HS_DENIED": int32(hostabi.Denied), "HS_UNFIT": int32(hostabi.Unfit),
		"HS_HEX": int32(hostabi.Hex), "HS_HEX_UPPER": int32(hostabi.HexUpper), "HS_BASE64": int32(hostabi.Base64),
		"HS_BASE64URL": int32(hostabi.Base64URL), "HS_RAW": int32(hostabi.RawText), "HS_DECIMAL": int32(hostabi.Decimal),
		"HS_SOURCE_SECRETS": int32(hostabi.SourceSecrets), "HS_HINTED_SECRETS": int32(hostabi.HintedSecrets),
		"HS_REFERENCED": int32(hostabi.Referenced),
		"HS_SECONDS":    int32(hostabi.UnixSeconds), "HS_MILLISECONDS": int32(hostabi.UnixMilliseconds),
		"HS_RFC3339": int32(hostabi.RFC3339), "HS_ISO8601": int32(hostabi.ISO8601), "HS_DOTNET_INVARIANT": int32(hostabi.DotNetInvariant),
		"HS_HTTP_DATE":  int32(hostabi.HTTPDate),
		"HS_NOT_BEFORE": int32(hostabi.NotBefore), "HS_NOT_AFTER": int32(hostabi.NotAfter),
		"HS_DEBUG": int32(hostabi.Debug), "HS_INFO": int32(hostabi.Info), "HS_WARN": int32(hostabi.Warn), "HS_ERROR": int32(hostabi.Error),
	}
	got := map[string]int32{}
	for _, block := range regexp.MustCompile(`enum \{([^}]*)\}`).FindAllStringSubmatch(file(t, "wasm-build", "sdk", "c", "hookseal.h"), -1) {
		next := int32(0)
		for item := range strings.SplitSeq(block[1], ",") {
			name, number, explicit := strings.Cut(strings.TrimSpace(item), " = ")
			if explicit {
				n, err := strconv.Atoi(number)
				if err != nil {
					t.Fatal(err)
				}
				next = int32(n)
			}
			got[name] = next
			next++
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("hookseal.h has the numbers\n%v\nhostabi has\n%v", got, want)
	}
}
