package scheme

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/structured"
	"github.com/hookseal/hookseal/engine/webhook"
)

// defaultLabel is the name of a signature where the scheme gives none.
const defaultLabel = "sig1"

// makeListing says what the signature that is to be made covers, which is what the
// scheme demands, and when, how and with which key it was made.
func (j *judge) makeListing(s *Scheme) error {
	p := &s.signature
	if s.keyID != nil && len(s.keyID.origins) == 1 && s.keyID.origins[0].Kind == webhook.SignatureOrigin {
		for _, secret := range j.secrets {
			if secret.Counts(j.now) {
				j.setParam(s.keyID.origins[0].Name, secret.Label)
				break
			}
		}
	}
	j.listing = listing{components: p.components}
	if p.parse == cavageSyntax {
		return j.makeCavage(p)
	}
	j.setParam(createdParam, formatMoment(j.now, webhook.UnixSeconds))
	j.setParam(algorithmParam, p.algorithmNames[0])
	var params []structured.Param
	for _, name := range messageParams {
		if v := j.syntax.find(name); v.Found {
			param := structured.Param{Name: name, Text: v.Text}
			if name == createdParam || name == expiresParam {
				param.Kind = structured.Number
			}
			params = append(params, param)
		}
	}
	if len(params) != len(j.syntax.members) {
		return fmt.Errorf("cannot sign: a message signature has no parameters but %s", strings.Join(messageParams, ", "))
	}
	j.listing.params = j.paramsLine(p.components, params)
	var input strings.Builder
	for _, part := range j.listing.params {
		input.WriteString(part.Text + part.Value.Text)
	}
	_, list, _ := strings.Cut(input.String(), ": ")
	if _, err := structured.ReadLists(defaultLabel + "=" + list); err != nil {
		return fmt.Errorf("cannot sign: a parameter cannot be written: %w", err)
	}
	j.req.Header.Set(signatureInput, p.writtenLabel()+"="+list)
	return nil
}

func (j *judge) makeCavage(p *signaturePlan) error {
	names := make([]string, len(p.components))
	for i, c := range p.components {
		names[i] = c.name
		if c.name == cavageCreated {
			j.setParam(createdParam, formatMoment(j.now, webhook.UnixSeconds))
		}
	}
	j.setParam(cavageAlgorithm, p.algorithmNames[0])
	j.setParam(cavageHeaders, strings.Join(names, " "))
	for _, m := range j.syntax.members {
		if _, known := cavageParams[m.Origin.Name]; !known || !isBareText(m.Text) {
			return errors.New("cannot sign: a parameter of the signature cannot be written")
		}
	}
	return nil
}

// setParam states a parameter, unless it is stated already.
func (j *judge) setParam(name, text string) { j.syntax.add(name, text) }

func (p *signaturePlan) writtenLabel() string {
	if p.label != "" {
		return p.label
	}
	return defaultLabel
}

// writeListed writes a signature with what it says of itself.
func (p *signaturePlan) writeListed(encoded string, members []webhook.Value) string {
	if p.parse == messageSyntax {
		return p.writtenLabel() + "=:" + encoded + ":"
	}
	members = append(slices.Clone(members), webhook.Value{Origin: webhook.Origin{Name: signatureField}, Text: encoded})
	items := make([]string, len(members))
	for i, m := range members {
		items[i] = m.Origin.Name + `="` + m.Text + `"`
		if cavageParams[m.Origin.Name] {
			items[i] = m.Origin.Name + "=" + m.Text
		}
	}
	return strings.Join(items, ",")
}
