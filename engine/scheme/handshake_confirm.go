package scheme

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// confirmPlan is a compiled [ConfirmDef].
type confirmPlan struct {
	url   *reference
	hosts []string
	path  string
}

func compileConfirm(d *ConfirmDef, settings map[string]string) (*confirmPlan, error) {
	ref, err := parseSingle("confirm.url", d.URL, settings)
	if err != nil {
		return nil, err
	}
	if len(d.Hosts) == 0 {
		return nil, errors.New("confirm needs hosts: a URL of any host would be visited")
	}
	for _, pattern := range d.Hosts {
		labels := strings.Split(pattern, ".")
		if len(labels) < 2 || slices.Contains(labels[max(0, len(labels)-2):], "*") || slices.ContainsFunc(labels, func(l string) bool { return l != "*" && !isLabel(l) }) {
			return nil, fmt.Errorf("confirm.hosts: %q must be a name in lower case, with * for whole labels and none of them among its last two", pattern)
		}
	}
	return &confirmPlan{url: ref, hosts: d.Hosts, path: d.Path}, nil
}

// allows reports whether the text is a URL that may be visited.
func (p *confirmPlan) allows(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Fragment != "" || u.Port() != "" && u.Port() != "443" {
		return false
	}
	if p.path != "" && u.EscapedPath() != p.path {
		return false
	}
	return slices.ContainsFunc(p.hosts, func(pattern string) bool { return hostMatches(pattern, u.Hostname()) })
}

// hostMatches compares label by label, so that no name that merely ends like one
// that is allowed is taken for it.
func hostMatches(pattern, host string) bool {
	want, got := strings.Split(pattern, "."), strings.Split(strings.ToLower(host), ".")
	return slices.EqualFunc(want, got, func(want, got string) bool { return isLabel(got) && (want == "*" || want == got) })
}

func isLabel(text string) bool {
	return text != "" && len(text) <= 63 && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

func (j *judge) confirmation(p *confirmPlan) (string, webhook.Verdict) {
	v, refusal := j.resolve(p.url)
	switch {
	case refusal.Reason != "":
		return "", refusal
	case !v.Found:
		return "", webhook.Rejected(webhook.FieldMissing, p.url.source+" is absent")
	case !p.allows(v.Text):
		return "", webhook.Rejected(webhook.FieldMalformed, p.url.source+" is no URL that the provider may have visited")
	}
	return v.Text, webhook.Verdict{}
}
