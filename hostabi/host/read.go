package host

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func readFunctions() map[string]function {
	return map[string]function{
		hostabi.FuncRead:     {params: "iiiiii", run: read},
		hostabi.FuncName:     {params: "iiii", run: name},
		hostabi.FuncBodyLen:  {run: bodyLen},
		hostabi.FuncBodyRead: {params: "iii", run: bodyRead},
	}
}

// read(field, name, name_len, index, buf, cap) writes the text of a field.
func read(a args) hostabi.Result {
	v := a.call.at(hostabi.Field(a.i32(0)), a.text(1), a.i32(3))
	switch {
	case v.secret:
		return hostabi.Denied
	case v.fault != "":
		return unusable(v.fault)
	case !v.Found:
		return hostabi.Absent
	}
	return a.answer(4, v.Text)
}

// at returns what stands in a field, at an index or alone.
func (c *call) at(field hostabi.Field, name string, index int32) value {
	switch field {
	case hostabi.FieldExpression:
		return c.expression(name)
	case hostabi.FieldJSONText, hostabi.FieldJSONStringified:
		c.parse(len(c.body))
		v, fault := scheme.ReadJSONText(&webhook.Request{Body: c.body}, name, field == hostabi.FieldJSONStringified)
		return value{Value: v, place: v.Origin, fault: fault}
	case hostabi.FieldHeader:
		name = http.CanonicalHeaderKey(name)
		place := webhook.Origin{Kind: webhook.HeaderOrigin, Name: name}
		return value{place: place, secret: credential(name)}.of(c.header[name], "", index)
	}
	texts, fault := c.texts(field, name)
	return value{place: origin(field, name), secret: secretive(field, name)}.of(texts, fault, index)
}

// of returns the value with the text at an index, or the only one.
func (v value) of(texts []string, fault webhook.Reason, index int32) value {
	v.Origin = v.place
	if v.fault = fault; fault == "" {
		v.Text, v.Found, v.fault = pick(texts, index)
	}
	if index > 0 {
		v.Origin = v.pieceOrigin("#" + strconv.Itoa(int(index)))
	}
	return v
}

// expression returns what a value of the language of schemes gives. An event has
// none.
func (c *call) expression(text string) value {
	if c.req == nil {
		return value{}
	}
	c.parse(len(c.req.Body))
	v, fault, err := scheme.ReadExpression(c.req, text)
	if err != nil {
		c.misuse("%s", err)
	}
	name, _, _ := strings.Cut(v.Origin.Name, "\t")
	if fault != "" {
		v.Text, v.Found = "", false
	}
	secret := v.Origin.Kind == webhook.CookieOrigin || v.Origin.Kind == webhook.HeaderOrigin && secretive(hostabi.FieldHeader, name)
	return value{Value: v, place: v.Origin, fault: fault, secret: secret}
}

func bodyLen(a args) hostabi.Result { return hostabi.Result(len(a.call.body)) }

// body_read(offset, buf, cap) copies a piece of the body and returns its length,
// zero at the end.
func bodyRead(a args) hostabi.Result {
	offset := uint64(uint32(a.stack[0]))
	buffer := a.buffer(1)
	if offset >= uint64(len(a.call.body)) {
		return 0
	}
	n := copy(buffer, a.call.body[offset:])
	a.call.meter.charge(int64(n / bytesPerUnit))
	return hostabi.Result(n)
}

// secretive reports whether a field carries credentials by its nature.
func secretive(field hostabi.Field, name string) bool {
	return field == hostabi.FieldCookie || field == hostabi.FieldHeader && credential(http.CanonicalHeaderKey(name))
}

// credential reports whether a header field, by its canonical name, carries
// credentials.
func credential(name string) bool {
	switch name {
	case "Authorization", "Proxy-Authorization", "Cookie":
		return true
	}
	return false
}

// pick returns the text at an index, or the only one.
func pick(texts []string, index int32) (text string, found bool, fault webhook.Reason) {
	switch {
	case index == hostabi.Only && len(texts) > 1:
		return "", false, webhook.FieldAmbiguous
	case index == hostabi.Only && len(texts) == 1:
		return texts[0], true, ""
	case index >= 0 && int(index) < len(texts):
		return texts[index], true, ""
	}
	return "", false, ""
}

// unusable is the result for a place that cannot count.
func unusable(fault webhook.Reason) hostabi.Result {
	switch fault {
	case webhook.FieldAmbiguous, webhook.BodyAmbiguous:
		return hostabi.Ambiguous
	case webhook.BodyMalformed:
		return hostabi.Malformed
	default:
		return hostabi.Unfit
	}
}

// texts returns what stands in a field, in order: nothing if it is absent. The
// fault says why a place cannot be read.
func (c *call) texts(field hostabi.Field, name string) (texts []string, fault webhook.Reason) {
	switch field {
	case hostabi.FieldHeader:
		return c.header[http.CanonicalHeaderKey(name)], ""
	case hostabi.FieldJSON:
		c.parse(len(c.body))
		v, fault := scheme.Read(&webhook.Request{Body: c.body}, origin(field, name))
		return present(v.Text, v.Found), fault
	case hostabi.FieldForm:
		return c.parameters(field).named(name)
	case hostabi.FieldSetting:
		text, ok := c.settings[name]
		return present(text, ok), ""
	case hostabi.FieldMethod, hostabi.FieldTarget, hostabi.FieldPath, hostabi.FieldURL, hostabi.FieldQuery, hostabi.FieldCookie:
		return c.requestTexts(field, name)
	case hostabi.FieldEventID, hostabi.FieldEventType, hostabi.FieldEventSource, hostabi.FieldEventTime,
		hostabi.FieldEventProvider, hostabi.FieldEventProviderID, hostabi.FieldSubscription, hostabi.FieldEndpoint:
		text := c.eventText(field)
		return present(text, text != ""), ""
	}
	c.misuse("there is no field %d", field)
	return nil, ""
}

// parse charges for n bytes that are parsed.
func (c *call) parse(n int) { c.meter.charge(int64(n) * costParseByte) }

func present(text string, found bool) []string {
	if !found {
		return nil
	}
	return []string{text}
}

func (c *call) requestTexts(field hostabi.Field, name string) (texts []string, fault webhook.Reason) {
	if c.req == nil {
		return nil, ""
	}
	switch field {
	case hostabi.FieldMethod:
		return []string{c.req.Method}, ""
	case hostabi.FieldTarget:
		return []string{c.req.Target}, ""
	case hostabi.FieldPath:
		return []string{c.req.Path()}, ""
	case hostabi.FieldURL:
		return []string{c.req.URL()}, ""
	case hostabi.FieldQuery:
		return c.parameters(field).named(name)
	}
	for _, line := range c.header["Cookie"] {
		c.parse(len(line))
	}
	r := http.Request{Header: http.Header{"Cookie": c.header["Cookie"]}}
	for _, cookie := range r.CookiesNamed(name) {
		texts = append(texts, cookie.Value)
	}
	return texts, ""
}

func (c *call) eventText(field hostabi.Field) string {
	if c.ev == nil {
		return ""
	}
	switch field {
	case hostabi.FieldEventID:
		return c.ev.ID
	case hostabi.FieldEventType:
		return c.ev.Type
	case hostabi.FieldEventSource:
		return c.ev.Source
	case hostabi.FieldEventTime:
		return c.ev.Time.UTC().Format(time.RFC3339Nano)
	case hostabi.FieldEventProvider:
		return c.ev.Provider
	case hostabi.FieldEventProviderID:
		return c.ev.ProviderID
	case hostabi.FieldSubscription:
		return c.tc.Subscription
	default:
		return c.tc.Endpoint
	}
}

// origin returns the place that a field names, in the words of claims. A field
// that claims have no word for is no place, and so never covered.
func origin(field hostabi.Field, name string) webhook.Origin {
	switch field {
	case hostabi.FieldMethod:
		return webhook.Origin{Kind: webhook.MethodOrigin}
	case hostabi.FieldTarget:
		return webhook.Origin{Kind: webhook.TargetOrigin}
	case hostabi.FieldPath:
		return webhook.Origin{Kind: webhook.PathOrigin}
	case hostabi.FieldURL:
		return webhook.Origin{Kind: webhook.URLOrigin}
	case hostabi.FieldHeader:
		return webhook.Origin{Kind: webhook.HeaderOrigin, Name: http.CanonicalHeaderKey(name)}
	case hostabi.FieldQuery:
		return webhook.Origin{Kind: webhook.QueryOrigin, Name: name}
	case hostabi.FieldForm:
		return webhook.Origin{Kind: webhook.FormOrigin, Name: name}
	case hostabi.FieldCookie:
		return webhook.Origin{Kind: webhook.CookieOrigin, Name: name}
	case hostabi.FieldJSON:
		return webhook.Origin{Kind: webhook.JSONOrigin, Name: name}
	case hostabi.FieldSetting:
		return webhook.Origin{Kind: webhook.SettingOrigin, Name: name}
	}
	return webhook.Origin{}
}
