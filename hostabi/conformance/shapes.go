package conformance

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// answers hands every hook the plainest message. It is skipped for a module that
// fails them itself: what such a module does with what suits it remains open.
func (t *trial) answers(ctx context.Context) finding {
	c := &tally{}
	detail := ""
	for _, hook := range t.guest.Hooks() {
		m := plain("a plain message")
		a := t.call(ctx, t.guest, hook, m)
		c.note(hook, m, a)
		claim, isClaim := a.value.(*webhook.Claim)
		switch {
		case a.refused():
			detail += fmt.Sprintf("; %s fails it itself (%s), which the right settings may change", hook, reason(a.err))
		case a.err != nil:
		case isClaim && len(claim.AnyOf) == 0 && claim.Refused == "" && claim.Challenge == nil:
			c.fault(hook, m, "the claim has no alternative and no reason, so nothing can ever hold")
		case isClaim:
			detail += "; claim: " + claimText(claim)
		default:
			detail += "; transform: " + plural(len(a.value.([]webhook.Output)), "event")
		}
	}
	f := c.finding(detail)
	f.skipped = c.refused > 0 && len(c.faults) == 0
	return f
}

func claimText(claim *webhook.Claim) string {
	if claim.Refused != "" {
		return "refused with " + string(claim.Refused)
	}
	return plural(len(claim.AnyOf), "alternative")
}

// shapes are messages that differ in what they have.
func (t *trial) shapes(ctx context.Context) (finding, error) {
	return t.survive(ctx, shapes()).finding(""), nil
}

func shapes() []message {
	m := plain("")
	list := []message{
		m.with("without headers", func(m *message) { m.header = http.Header{} }),
		m.with("without a type", func(m *message) { m.typ = "" }),
		m.with("without a body", func(m *message) { m.body = nil }),
		m.with("a GET request with a long query", func(m *message) {
			m.method, m.target, m.body = http.MethodGet, "/?"+strings.Repeat("a=%20&", 1000), nil
		}),
		m.with("a form", func(m *message) {
			m.header.Set("Content-Type", "application/x-www-form-urlencoded")
			m.body = []byte("a=1&a=2&b=%e2%82%ac&c")
		}),
		m.with("cookies and credentials", func(m *message) {
			m.header.Set("Cookie", "session=1; session=2")
			m.header.Set("Authorization", "Bearer not-a-secret")
		}),
	}
	for _, body := range []string{
		`null`, `true`, `"text"`, `-0.10e+3`, `123456789012345678901234567890`, `[]`, `{}`, `[1,"a",[{}]]`, `{"a":1,"a":2}`, `{"":{"":""}}`,
		`{"id":"\ud834\udd1e\ud800\u0000"}`, ` { "id" : 1 } `, `{"id":`, `{'id':1}`, `plain text`, `<a href="b">c</a>`,
	} {
		list = append(list, m.with("the body "+body, func(m *message) { m.body = []byte(body) }))
	}
	return list
}

// foreignBytes are messages that are not UTF-8 somewhere.
func (t *trial) foreignBytes(ctx context.Context) (finding, error) {
	const latin, zero = "caf\xe9", "a\x00b"
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	m := plain("")
	return t.survive(ctx, []message{
		m.with("Latin-1 in a header", func(m *message) { m.header.Set("X-Name", latin); m.header.Set("X-Signature", latin) }),
		m.with("Latin-1 in the signature headers", func(m *message) {
			m.header.Set("Webhook-Id", latin)
			m.header.Set("Webhook-Signature", "v1,"+latin)
		}),
		m.with("Latin-1 in the type", func(m *message) { m.typ = latin }),
		m.with("Latin-1 in the target", func(m *message) { m.target = "/" + latin + "?" + latin + "=%e9" }),
		m.with("Latin-1 in JSON", func(m *message) { m.body = []byte(`{"` + latin + `":"` + latin + `"}`) }),
		m.with("a zero byte in the body", func(m *message) { m.body = []byte(zero) }),
		m.with("every byte in the body", func(m *message) { m.body = every }),
		m.with("surrogates and overlong forms in the body", func(m *message) { m.body = []byte("\xed\xa0\x80\xc0\x80\xf8\xff\xfe") }),
		m.with("a body cut within a character", func(m *message) { m.body = []byte("{\"a\":\"\xe2\x82") }),
	}).finding(""), nil
}

// duplicateHeaders are messages of which each repeats a header.
func (t *trial) duplicateHeaders(ctx context.Context) (finding, error) {
	m := plain("")
	var list []message
	for name, values := range m.header {
		list = append(list,
			m.with(name+" twice the same", func(m *message) { m.header[name] = append(values[:1:1], values[0]) }),
			m.with(name+" twice, then empty", func(m *message) { m.header[name] = []string{values[0], "other", ""} }))
	}
	list = append(list, m.with("every header three times", func(m *message) {
		for name, values := range m.header {
			m.header[name] = []string{values[0], values[0], "other"}
		}
	}))
	return t.survive(ctx, list).finding(""), nil
}
