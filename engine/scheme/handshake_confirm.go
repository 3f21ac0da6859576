package scheme

import (
	"errors"
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
)

// confirmPlan is a compiled [ConfirmDef].
type confirmPlan struct {
	url   *reference
	allow allowList
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
		if _, err := compileHostPattern(pattern); err != nil {
			return nil, fmt.Errorf("confirm.hosts: %q must be a name in lower case, with * for whole labels and none of them among its last two", pattern)
		}
	}
	p := &confirmPlan{url: ref}
	if p.allow, err = compileAllowList(d.Hosts, d.Except, d.Path); err != nil {
		return nil, fmt.Errorf("confirm: %w", err)
	}
	p.allow.query = true // what is confirmed stands in it
	return p, nil
}

func (j *judge) confirmation(p *confirmPlan) (string, webhook.Verdict) {
	v, refusal := j.resolve(p.url)
	switch {
	case refusal.Reason != "":
		return "", refusal
	case !v.Found:
		return "", webhook.Rejected(webhook.FieldMissing, p.url.source+" is absent")
	}
	if _, err := p.allow.check(v.Text); err != nil {
		return "", webhook.Rejected(webhook.FieldMalformed, p.url.source+" is no URL that the provider may have visited")
	}
	return v.Text, webhook.Verdict{}
}
