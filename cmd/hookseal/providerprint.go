package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

func (d *providerDescription) print(w io.Writer) error {
	var f facts
	f.add("docs", "%s", d.Docs)
	f.add("proof", "%s", d.Proof)
	f.add("algorithm", "%s", d.Algorithm)
	f.addText("rule", d.Rule)
	if d.Header != "" {
		f.add("signature", "%s: %s<%s>", d.Header, d.Prefix, cmp.Or(strings.Join(d.Encodings, " or "), d.Parse, "the secret itself"))
	}
	f.addText("key", d.Key)
	for _, m := range d.Messages {
		text := strings.ReplaceAll(m.Text, "\n", `\n`)
		if m.Name != "" {
			text += "  (" + m.Name + ")"
		}
		f.add("message", "%s", text)
	}
	for _, condition := range d.Require {
		f.add("requires", "%s", condition)
	}
	if d.Keys != nil {
		f.add("public keys", "%s", d.Keys)
	}
	f.add("tolerance", "%s", d.Tolerance)
	if d.Rule == "" {
		f.add("covers", "%s", strings.Join(d.Covers, ", "))
	} else {
		f.add("covers", "what the rule claims for each request")
	}
	f.addText("event id", d.EventID)
	f.addText("event type", d.EventType)
	f.add("dedup", "%s", strings.Join(d.Dedup, ", "))
	f.add("methods", "%s", strings.Join(d.Methods, ", "))
	f.add("answered", "%s", d.Ack)
	for i := range d.Handshake {
		f.add("handshake", "%s", &d.Handshake[i])
	}
	for _, name := range slices.Sorted(maps.Keys(d.Settings)) {
		s := d.Settings[name]
		text := fmt.Sprintf("%s = %q: %s", name, s.Default, s.About)
		if s.Default == "" {
			text = name + ", which has to be given: " + s.About
		}
		if len(s.Values) > 0 {
			text += "; one of " + strings.Join(s.Values, ", ")
		}
		f.add("setting", "%s", text)
	}
	d.Sender.describe(&f)
	if _, err := fmt.Fprintf(w, "%s (%s)\n", d.Title, d.Name); err != nil {
		return err
	}
	if err := f.print(w); err != nil {
		return err
	}
	if d.Notes == "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s\n", d.Notes)
	return err
}

func (s *sender) describe(f *facts) {
	f.add("signs", "%s", cmp.Or(s.Signs, "no: it verifies only"))
	f.addText("event types", strings.Join(s.Events, ", "))
	retry := strings.Join(s.Retry, ", ")
	if retry == "" {
		retry = "none"
	}
	f.add("retries", "%s", retry)
	f.addText("timeout", s.Timeout)
	f.addText("disables after", s.DisableAfter)
	if s.Unsigned {
		f.add("unsigned", "sends no signature without a secret")
	}
	f.addText("assumed", s.Assumptions)
}
