package demo

import (
	"bytes"
	"fmt"
)

// judgeIntake looks at what the senders were answered and what was stored.
func (j *jury) judgeIntake() {
	for _, provider := range providers {
		j.judgeAnswers(provider)
	}
	stored := j.stored()
	j.expect(j.missing(stored), "all %d webhooks that were acknowledged are stored, byte for byte", len(stored))
	j.expect(j.foreign(len(stored)), "nothing that was refused is stored, and nothing twice")
	j.expect(j.misread(stored), "each event names the secret and the form of the message that matched")
}

// judgeAnswers compares what sender and engine counted with the plan.
func (j *jury) judgeAnswers(provider string) {
	var stored, repeats, refused int
	for _, p := range j.stage.mail[provider] {
		switch {
		case p.want.stored():
			stored++
		case p.want.repeat:
			repeats++
		default:
			refused++
		}
	}
	t := j.stage.desk.tally(provider)
	differences := t.wrong
	if t.sent < t.planned {
		differences = append(differences, fmt.Sprintf("%d of %d were sent", t.sent, t.planned))
	}
	if t.accepted != stored || t.repeats != repeats || t.refused != refused {
		differences = append(differences, fmt.Sprintf("%d accepted, %d repeats, %d refused, %d not decided",
			t.accepted, t.repeats, t.refused, t.unavailable))
	}
	j.expect(differences, "%s: %d accepted, %s recognised, %d refused, each as it should be",
		provider, stored, count(repeats, "repeat", "repeats"), refused)
}

func (j *jury) missing(stored []posting) []string {
	var differences []string
	for _, p := range stored {
		e, ok := j.event(p)
		switch {
		case !ok:
			differences = append(differences, fmt.Sprintf("%s of %s is not there", p.about, p.source))
		case e.Type != p.typ:
			differences = append(differences, fmt.Sprintf("%s of %s has the type %q", p.about, p.source, e.Type))
		}
	}
	return differences
}

func (j *jury) foreign(stored int) []string {
	var differences []string
	if len(j.events) != stored {
		differences = append(differences, fmt.Sprintf("%d events are stored, want %d", len(j.events), stored))
	}
	for id, e := range j.events {
		if bytes.Contains(e.Body, []byte(marker)) {
			differences = append(differences, fmt.Sprintf("%s of %s is one that should have been refused", id, e.Source))
		}
	}
	return differences
}

func (j *jury) misread(stored []posting) []string {
	var differences []string
	for _, p := range stored {
		e, ok := j.event(p)
		if !ok {
			continue // told by missing
		}
		if p.want.secret != "" && e.Secret != p.want.secret {
			differences = append(differences, fmt.Sprintf("%s of %s names the secret %q", p.about, p.source, e.Secret))
		}
		if p.want.candidate != "" && e.Candidate != p.want.candidate {
			differences = append(differences, fmt.Sprintf("%s of %s names the form %q", p.about, p.source, e.Candidate))
		}
	}
	return differences
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
