package main

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
)

// shownHandshake is a challenge of a provider as it is shown.
type shownHandshake struct {
	Methods  []string `json:"methods"`
	Signed   bool     `json:"signed"`
	When     []string `json:"when,omitempty"`
	Unless   []string `json:"unless,omitempty"`
	Token    string   `json:"token,omitempty"`
	Answer   string   `json:"answer,omitempty"`
	Keeps    string   `json:"keeps,omitempty"`
	Confirms string   `json:"confirms,omitempty"`
	Status   int      `json:"status"`
	Reply    string   `json:"reply,omitempty"`
}

func describeHandshakes(defs []scheme.HandshakeDef) []shownHandshake {
	var list []shownHandshake
	for _, d := range defs {
		h := shownHandshake{
			Methods: d.Method, Signed: !d.Unsigned, Unless: d.Unless, Token: d.Token,
			Keeps: d.Keep, Status: cmp.Or(d.Status, http.StatusOK), Reply: replyText(d),
		}
		switch {
		case len(d.Method) > 0:
		case d.Unsigned:
			h.Methods = []string{http.MethodPost}
		default:
			h.Methods = []string{"any"}
		}
		if d.Value != "" {
			h.When = append(h.When, d.Value+" is "+strings.Join(d.In, " or "))
		}
		for _, value := range d.Present {
			h.When = append(h.When, value+" is there")
		}
		if a := d.Answer; a != nil {
			h.Answer = cmp.Or(a.Digest, "signature") + " of " + a.Of + " in " + a.Encoding
		}
		if c := d.Confirm; c != nil {
			h.Confirms = c.URL + " at " + strings.Join(c.Hosts, ", ") + c.Path
		}
		list = append(list, h)
	}
	return list
}

// replyText is the answer to a challenge, as its templates.
func replyText(d scheme.HandshakeDef) string {
	text := cmp.Or(d.Echo, d.Body)
	if d.JSON != nil {
		var members []string
		for _, name := range slices.Sorted(maps.Keys(d.JSON)) {
			members = append(members, fmt.Sprintf("%q: %s", name, d.JSON[name]))
		}
		text = "{" + strings.Join(members, ", ") + "}"
	}
	for _, name := range slices.Sorted(maps.Keys(d.Headers)) {
		text += fmt.Sprintf(" with %s: %s", name, d.Headers[name])
	}
	return strings.TrimSpace(text)
}

func (h *shownHandshake) String() string {
	text := strings.Join(h.Methods, " or ")
	if h.Signed {
		text += ", signed"
	} else {
		text += ", unsigned"
	}
	if len(h.When) > 0 {
		text += ", where " + strings.Join(h.When, " and ")
	}
	if len(h.Unless) > 0 {
		text += ", unless " + strings.Join(h.Unless, " or ") + " is there"
	}
	if h.Token != "" {
		text += "; " + h.Token + " is a verify_token"
	}
	if h.Answer != "" {
		text += "; {answer} is the " + h.Answer
	}
	if h.Keeps != "" {
		text += "; keeps " + h.Keeps + " as the secret"
	}
	if h.Confirms != "" {
		text += "; visits " + h.Confirms
	}
	return strings.TrimSpace(fmt.Sprintf("%s → %d %s", text, h.Status, h.Reply))
}

// shownAck is the acknowledgement of events.
type shownAck struct {
	Status int    `json:"status"`
	Type   string `json:"type,omitempty"`
	Body   string `json:"body,omitempty"`
	// Quiet says that refusals have no body either.
	Quiet bool `json:"quiet,omitempty"`
}

func describeAck(a catalog.Ack) shownAck {
	return shownAck{cmp.Or(a.Status, http.StatusAccepted), a.Type, a.Body, a.Quiet}
}

func (a shownAck) String() string {
	text := fmt.Sprint(a.Status)
	if a.Body != "" {
		text += fmt.Sprintf(" %s %s", a.Type, a.Body)
	}
	if a.Quiet {
		text += "; refusals without a body"
	}
	return text
}

// shownKeys is where the public keys of a provider are fetched.
type shownKeys struct {
	URL         string   `json:"url"`
	Hosts       []string `json:"hosts,omitempty"`
	Path        string   `json:"path,omitempty"`
	Format      string   `json:"format"`
	Credentials []string `json:"credentials,omitempty"`
}

func describeKeys(p *catalog.Pack) *shownKeys {
	d := p.Provider.Scheme.Keys
	if d == nil {
		return nil
	}
	return &shownKeys{URL: d.URL, Hosts: d.Hosts, Path: d.Path, Format: d.Format, Credentials: p.Scheme.KeyCredentials()}
}

func (k *shownKeys) String() string {
	text := k.Format + " from " + cmp.Or(k.URL, "where the rule says")
	if len(k.Hosts) > 0 {
		text += ", at " + strings.Join(k.Hosts, ", ") + " alone"
	}
	if k.Path != "" {
		text += ", path " + k.Path
	}
	if len(k.Credentials) > 0 {
		text += "; key_credentials: " + strings.Join(k.Credentials, ", ")
	}
	return text
}

// conditions are what must hold beside the signature.
func conditions(defs []scheme.RequireDef) []string {
	var list []string
	for _, d := range defs {
		var text string
		switch {
		case len(d.Equals) > 0:
			text = strings.Join(d.Equals, " equals ")
		case d.Digest != "":
			text = fmt.Sprintf("%s is the %s of %s in %s", d.Value, d.Digest, d.Of, d.Encoding)
		default:
			text = d.Value + " is " + strings.Join(d.In, " or ")
		}
		if d.Optional {
			text += ", where it is there"
		}
		list = append(list, text)
	}
	return list
}
