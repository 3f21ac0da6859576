package telemetry

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	dashboard = "../../docs/grafana/hookseal.json"
	alerts    = "../../docs/prometheus/alerts.yml"
)

var (
	described = regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)
	mentioned = regexp.MustCompile(`\bhookseal_[a-z_]+\b(\{[^}]*\})?`)
	matched   = regexp.MustCompile(`([a-z_]+)(?:=~|!~|!=|=)"`)
	grouped   = regexp.MustCompile(`\bby \(([^)]*)\)`)
)

// families returns the labels of each metric that a server has.
func families(t *testing.T) map[string][]string {
	t.Helper()
	m := New()
	m.Ready(func() bool { return true })
	m.Certificate(time.Now)
	m.Paused(func() int { return 0 })
	descs := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	out := map[string][]string{}
	for desc := range descs {
		parts := described.FindStringSubmatch(desc.String())
		if parts == nil {
			t.Fatalf("%s cannot be read", desc)
		}
		if strings.HasPrefix(parts[1], namespace+"_") {
			out[parts[1]] = strings.Split(parts[2], ",")
		}
	}
	return out
}

// expressions returns every query of the dashboard.
func expressions(t *testing.T) []string {
	t.Helper()
	var doc struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	text, err := os.ReadFile(dashboard)
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range doc.Panels {
		for _, target := range p.Targets {
			out = append(out, target.Expr)
		}
	}
	if len(out) < 20 {
		t.Fatalf("the dashboard has %d queries, want those of all its panels", len(out))
	}
	return out
}

// The dashboard and the alerts ask for metrics and labels that there are, and
// leave no metric out.
func TestDashboardsKnowTheMetrics(t *testing.T) {
	rules, err := os.ReadFile(alerts)
	if err != nil {
		t.Fatal(err)
	}
	known, shown := families(t), map[string]bool{}
	for _, expr := range append(expressions(t), strings.Split(string(rules), "\n")...) {
		labels := []string{"le", "instance", "job"}
		for _, mention := range mentioned.FindAllString(expr, -1) {
			name, selector, _ := strings.Cut(mention, "{")
			own, ok := known[name]
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				if base, cut := strings.CutSuffix(name, suffix); cut && !ok {
					name = base
					own, ok = known[base]
				}
			}
			if !ok {
				t.Errorf("there is no metric %s, which is asked for by %s", name, expr)
			}
			shown[name] = true
			labels = append(labels, own...)
			for _, label := range matched.FindAllStringSubmatch(selector, -1) {
				if !slices.Contains(own, label[1]) && label[1] != "instance" {
					t.Errorf("%s has no label %s, which is asked for by %s", name, label[1], expr)
				}
			}
		}
		for _, by := range grouped.FindAllStringSubmatch(expr, -1) {
			for label := range strings.SplitSeq(by[1], ", ") {
				if mentioned.MatchString(expr) && !slices.Contains(labels, label) && label != "version" {
					t.Errorf("there is no label %s, by which %s groups", label, expr)
				}
			}
		}
	}
	for name := range known {
		if !shown[name] && name != "hookseal_config_last_success_timestamp_seconds" {
			t.Errorf("neither the dashboard nor an alert shows %s", name)
		}
	}
}

// Who runs it can look every metric up.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range families(t) {
		if short := strings.TrimPrefix(name, namespace+"_"); !strings.Contains(string(text), "`"+short+"`") {
			t.Errorf("docs/operations.md does not name %s", short)
		}
	}
}

// Prometheus itself can read the alerts, and the queries of the dashboard.
func TestPrometheusReadsTheQueries(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatal("promtool is missing; .ci/install has it")
		}
		t.Skip("promtool is missing")
	}
	var rules strings.Builder
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	replace := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*")
	for i, expr := range expressions(t) {
		fmt.Fprintf(&rules, "  - record: panel:%d\n    expr: %q\n", i, replace.Replace(expr))
	}
	queries := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(queries, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{alerts, queries} {
		if out, err := exec.CommandContext(t.Context(), tool, "check", "rules", file).CombinedOutput(); err != nil {
			t.Errorf("promtool check rules %s: %v\n%s", file, err, out)
		}
	}
}
