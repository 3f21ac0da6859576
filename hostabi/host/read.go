package host

import (
	"net/http"
	"net/url"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func readFunctions() map[string]function {
	return map[string]function{
		hostabi.FuncRead:     {params: "iiiiii", run: read},
		hostabi.FuncBodyLen:  {run: bodyLen},
		hostabi.FuncBodyRead: {params: "iii", run: bodyRead},
	}
}

// read(field, name, name_len, index, buf, cap) writes the text of a field.
func read(a args) hostabi.Result {
	field, name := hostabi.Field(a.i32(0)), a.text(1)
	if secretive(field, name) {
		return hostabi.Denied
	}
	texts, fault := a.call.texts(field, name)
	text, found := "", false
	if fault == "" {
		text, found, fault = pick(texts, a.i32(3))
	}
	switch {
	case fault != "":
		return unusable(fault)
	case !found:
		return hostabi.Absent
	}
	return a.answer(4, text)
}

func bodyLen(a args) hostabi.Result { return hostabi.Result(len(a.call.body)) }

// body_read(offset, buf, cap) copies a piece of the body and returns its length,
// zero at the end.
func bodyRead(a args) hostabi.Result {
	offset := uint64(uint32(a.stack[0]))
	if offset >= uint64(len(a.call.body)) {
		a.bytes(1)
		return 0
	}
	return hostabi.Result(copy(a.bytes(1), a.call.body[offset:]))
}

// secretive reports whether a field carries credentials by its nature.
func secretive(field hostabi.Field, name string) bool {
	if field == hostabi.FieldCookie {
		return true
	}
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization", "Cookie":
		return field == hostabi.FieldHeader
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
		v, fault := scheme.Read(&webhook.Request{Body: c.body}, origin(field, name))
		return present(v.Text, v.Found), fault
	case hostabi.FieldForm:
		texts, fault := parameters(string(c.body), name)
		if fault != "" {
			fault = webhook.BodyMalformed
		}
		return texts, fault
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
		return parameters(c.req.RawQuery(), name)
	}
	for _, line := range c.header["Cookie"] {
		cookies, err := http.ParseCookie(line)
		if err != nil {
			return nil, webhook.FieldMalformed
		}
		for _, cookie := range cookies {
			if cookie.Name == name {
				texts = append(texts, cookie.Value)
			}
		}
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

func parameters(encoded, name string) (texts []string, fault webhook.Reason) {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, webhook.FieldMalformed
	}
	return values[name], ""
}

// origin returns the place that a field names, in the words of claims. A field
// that claims have no word for is no place, and so never covered.
func origin(field hostabi.Field, name string) webhook.Origin {
	switch field {
	case hostabi.FieldMethod:
		return webhook.Origin{Kind: webhook.MethodOrigin}
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
