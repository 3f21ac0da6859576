package script

import (
	"time"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// condition reads one of { equals }, { value, in }, { value, digest },
// { notBefore, unit } and { notAfter, unit }, the last two with leeway, each with
// optional.
func (r *claimReader) condition(v goja.Value, path string) (c webhook.Condition, err error) {
	f, err := objectFields(v, path, "equals", "value", "in", "digest", "notBefore", "notAfter", "unit", "leeway", "optional")
	if err != nil {
		return c, err
	}
	if c.Optional, err = f.flag("optional"); err != nil {
		return c, err
	}
	r.fault = ""
	switch {
	case f.get("equals") != nil:
		var pair []webhook.Value
		if pair, err = listOf(f, "equals", r.value); err == nil && len(pair) != 2 {
			err = abiFault("%s.equals has %d values, want 2", path, len(pair))
		}
		if err == nil {
			c.Kind, c.Left, c.Right = webhook.Equals, pair[0], pair[1]
		}
	case f.get("in") != nil:
		c.Kind = webhook.InSet
		if c.Set, err = listOf(f, "in", textAs[string]); err == nil {
			c.Left, err = r.value(f.get("value"), path+".value")
		}
	case f.get("digest") != nil:
		c.Kind = webhook.DigestEquals
		if c.Digest, err = r.digest(f); err == nil {
			c.Left, err = r.value(f.get("value"), path+".value")
		}
	case f.get("notBefore") != nil:
		err = r.momentCondition(&c, f, webhook.NotBefore, "notBefore")
	case f.get("notAfter") != nil:
		err = r.momentCondition(&c, f, webhook.NotAfter, "notAfter")
	default:
		err = abiFault("%s has none of equals, in, digest, notBefore, notAfter", path)
	}
	if c.Fault = r.fault; c.Fault != "" {
		c.Optional = false
	}
	return c, err
}

func (r *claimReader) momentCondition(c *webhook.Condition, f fields, kind webhook.ConditionKind, name string) (err error) {
	c.Kind = kind
	if c.Left, err = r.value(f.get(name), f.path+"."+name); err != nil {
		return err
	}
	unit, err := f.required("unit")
	if err != nil {
		return err
	}
	c.Unit = webhook.TimeUnit(unit)
	leeway, err := f.text("leeway", "0s")
	if err != nil {
		return err
	}
	if c.Leeway, err = time.ParseDuration(leeway); err != nil || c.Leeway < 0 {
		return abiFault("%s.leeway is %q, want a duration such as \"1m\"", f.path, leeway)
	}
	return nil
}

func (r *claimReader) challenge(f fields) (*webhook.Challenge, error) {
	v := f.get("challenge")
	if v == nil {
		return nil, nil
	}
	c, err := objectFields(v, f.path+".challenge", "status", "contentType", "body", "unsigned")
	if err != nil {
		return nil, err
	}
	challenge := &webhook.Challenge{Status: 200}
	if status := c.get("status"); status != nil {
		if !goja.IsNumber(status) || status.ToInteger() < 200 || status.ToInteger() > 299 {
			return nil, abiFault("%s.status is not a number from 200 to 299", c.path)
		}
		challenge.Status = int(status.ToInteger())
	}
	if challenge.ContentType, err = c.text("contentType", "text/plain; charset=utf-8"); err != nil {
		return nil, err
	}
	if !validFieldValue(challenge.ContentType) {
		return nil, abiFault("%s.contentType holds control characters", c.path)
	}
	body, err := r.value(c.get("body"), c.path+".body")
	if err != nil {
		return nil, err
	}
	if int64(len(body.Text)) > r.call.guest.limits.Output {
		return nil, r.call.guest.outputFault()
	}
	challenge.Body = []byte(body.Text)
	challenge.Unsigned, err = c.flag("unsigned")
	return challenge, err
}
