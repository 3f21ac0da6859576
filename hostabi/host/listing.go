package host

import (
	"maps"
	"slices"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// name(field, index, buf, cap) writes the name of what stands at an index among
// those of a field: parameters in the order in which they were sent, headers and
// settings in the order of their names.
func name(a args) hostabi.Result {
	field, index := hostabi.Field(a.i32(0)), a.i32(1)
	if field == hostabi.FieldCookie {
		return hostabi.Denied
	}
	names, fault := a.call.namesOf(field)
	switch {
	case fault != "":
		return unusable(fault)
	case index < 0 || int(index) >= len(names):
		return hostabi.Absent
	}
	return a.answer(2, names[index])
}

func (c *call) namesOf(field hostabi.Field) ([]string, webhook.Reason) {
	if names, listed := c.names[field]; listed {
		return names, ""
	}
	var names []string
	switch field {
	case hostabi.FieldHeader:
		for name := range c.header {
			if !secretive(field, name) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
	case hostabi.FieldSetting:
		names = slices.Sorted(maps.Keys(c.settings))
	case hostabi.FieldQuery, hostabi.FieldForm:
		p := c.parameters(field)
		if p.fault != "" {
			return nil, p.fault
		}
		for _, pair := range p.pairs {
			names = append(names, pair[0])
		}
	default:
		c.misuse("the field %d has no names", field)
	}
	for _, name := range names {
		c.parse(len(name))
	}
	if c.names == nil {
		c.names = map[hostabi.Field][]string{}
	}
	c.names[field] = names
	return names, ""
}

// parameters are those of the query, or of a form in the body, decoded and in
// order.
type parameters struct {
	pairs [][2]string
	// fault is why they cannot be read, and undeclared says that it is since the
	// body is not declared to be a form: then none of them is there.
	fault      webhook.Reason
	undeclared bool
}

// named returns the values of a name.
func (p parameters) named(name string) (texts []string, fault webhook.Reason) {
	if p.undeclared {
		return nil, ""
	}
	for _, pair := range p.pairs {
		if pair[0] == name {
			texts = append(texts, pair[1])
		}
	}
	return texts, p.fault
}

// parameters decodes a field once for a call. An event has no query.
func (c *call) parameters(field hostabi.Field) parameters {
	if p, done := c.decoded[field]; done {
		c.meter.charge(int64(len(p.pairs)) * costPair)
		return p
	}
	p := parameters{}
	switch {
	case field == hostabi.FieldForm:
		c.parse(len(c.body))
		body := &webhook.Request{Header: c.header, Body: c.body}
		p.pairs, p.fault = scheme.ReadFields(body, webhook.FormOrigin)
		if p.fault != "" {
			_, reason := scheme.Read(body, webhook.Origin{Kind: webhook.FormOrigin})
			p.undeclared = reason == ""
		}
	case c.req != nil:
		c.parse(len(c.req.Target))
		p.pairs, p.fault = scheme.ReadFields(c.req, webhook.QueryOrigin)
	}
	if c.decoded == nil {
		c.decoded = map[hostabi.Field]parameters{}
	}
	c.decoded[field] = p
	return p
}
