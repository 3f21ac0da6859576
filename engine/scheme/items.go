package scheme

import (
	"fmt"
	"strconv"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// maxItems bounds the items that one request may carry a signature for.
const maxItems = 200

// judgeItems judges a request whose items are signed each by itself (Adyen):
// every one of them must hold, under the same secret or not, and there must be
// one.
func (j *judge) judgeItems(s *Scheme) webhook.Verdict {
	alt, refusal := j.itemChecks(s)
	if refusal.Reason != "" {
		return refusal
	}
	v := j.alternative(alt)
	if !v.Accepted() {
		return v
	}
	v.Covers = s.candidates[0].covers
	if refusal := j.judgeAmbiguity(v, true); refusal.Reason != "" {
		return refusal
	}
	if len(s.handshakes) > 0 {
		return j.answer(s, v)
	}
	return v
}

// itemChecks makes a check of every item.
func (j *judge) itemChecks(s *Scheme) (webhook.Alternative, webhook.Verdict) {
	alt := webhook.Alternative{Name: s.candidates[0].name}
	n, refusal := j.countItems(s.foreach)
	if refusal.Reason != "" {
		return alt, refusal
	}
	for i := range n {
		j.item = s.foreach + "." + strconv.Itoa(i)
		j.sigs = nil
		if v := j.readSignatures(&s.signature); !v.Accepted() {
			return alt, v
		}
		one, refusal := j.evaluate(s, &s.candidates[0])
		if refusal.Reason != "" {
			return alt, refusal
		}
		alt.AllOf = append(alt.AllOf, one.AllOf...)
	}
	return alt, webhook.Verdict{}
}

func (j *judge) countItems(path string) (int, webhook.Verdict) {
	n, err := jsonvalue.Count(j.req.Body, path)
	switch {
	case err != nil:
		return 0, webhook.Rejected(webhook.BodyMalformed, err.Error())
	case n == 0:
		return 0, webhook.Rejected(webhook.SignatureMissing, path+" holds no item")
	case n > maxItems:
		return 0, webhook.Rejected(webhook.FieldMalformed, fmt.Sprintf("%s holds %d items, at most %d", path, n, maxItems))
	}
	return n, webhook.Verdict{}
}
