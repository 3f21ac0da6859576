package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfHeaders() []pitfall {
	return []pitfall{
		{29, "a header that repeats is refused, or any of it counts", repeatedHeaders},
		{30, "each of several headers must be there", missingHeaders},
		{54, "lists within a header are read as their senders write them", headerLists},
		{55, "where a header is wanted, the query holds no signature", queryInstead},
	}
}

func repeatedHeaders(t *testing.T) {
	const name = "X-Hub-Signature-256"
	g := gateTo(t, "github", "key")
	good, bad := hubHeader("{}")[1], hubHeader("other")[1]
	for _, two := range [][2]string{{good, bad}, {bad, good}, {good, good}, {good, ""}} {
		want(t, "two signatures", g.post("{}", name, two[0], name, two[1]), webhook.SignatureAmbiguous)
	}
	want(t, "two on one line", g.post("{}", name, good+", "+bad), webhook.SignatureMalformed)
	// Mollie sends several while a secret changes: any may match, none but a right one.
	mollie := gateTo(t, "mollie", "key")
	for _, two := range [][2]string{{good, bad}, {bad, good}} {
		want(t, "two of Mollie's", mollie.post("{}", "X-Mollie-Signature", two[0], "X-Mollie-Signature", two[1]), accepted)
	}
	want(t, "two wrong ones of Mollie's", mollie.post("{}", "X-Mollie-Signature", bad, "X-Mollie-Signature", bad), webhook.SignatureMismatch)
	// A signed value that comes twice is not the first one here and both there.
	at := unix(0)
	slack := gateTo(t, "slack", "key")
	for _, signed := range []string{at, unix(1), at + "," + unix(1), at + ", " + unix(1)} {
		want(t, "two times", slack.post("{}", append(slackHeaders(signed, "{}")[2:], "X-Slack-Request-Timestamp", at, "X-Slack-Request-Timestamp", unix(1))...), webhook.FieldAmbiguous)
	}
}

func missingHeaders(t *testing.T) {
	slack, zoom := gateTo(t, "slack", "key"), gateTo(t, "zoom", "key")
	at := unix(0)
	full := map[*gate][]string{
		slack: slackHeaders(at, "{}"),
		zoom:  {"x-zm-request-timestamp", at, "x-zm-signature", "v0=" + macHex("key", "v0:"+at+":{}")},
	}
	for g, header := range full {
		want(t, "both", g.post("{}", header...), accepted)
		want(t, "the signature alone", g.post("{}", header[2:]...), webhook.TimestampMissing)
		want(t, "the time alone", g.post("{}", header[:2]...), webhook.SignatureMissing)
		want(t, "neither", g.post("{}"), webhook.SignatureMissing)
		want(t, "an empty time", g.post("{}", header[0], "", header[2], "v0="+macHex("key", "v0::{}")), webhook.TimestampMalformed)
	}
	// Of three headers the one without a time in it.
	svix := gateTo(t, "polar", "key")
	all := standard("key", "{}")
	want(t, "all three", svix.post("{}", all...), accepted)
	for i := 0; i < len(all); i += 2 {
		refused(t, "without "+all[i], svix.post("{}", slices.Concat(all[:i], all[i+2:])...))
	}
}

func headerLists(t *testing.T) {
	at := unix(0)
	mac, other := macHex("key", at+".{}"), macHex("other", at+".{}")
	g := gateTo(t, "stripe", "key")
	for _, header := range []string{
		"t=" + at + ",v1=" + mac,
		"t=" + at + ", v1=" + mac,
		"v1=" + mac + ",t=" + at,
		"t=" + at + ",v1=" + other + ",v1=" + mac,
		"t=" + at + ",v1=" + mac + ",v1=" + other,
		"t=" + at + ",v0=" + other + ",v1=" + mac + ",unknown=a=b=c",
		"t=" + at + " , v1=" + mac + " ",
	} {
		want(t, header, g.post("{}", "Stripe-Signature", header), accepted)
	}
	for _, header := range []string{
		"t=" + at + ",t=1,v1=" + mac, "t=1,t=" + at + ",v1=" + mac, "t=" + at + ",v1", "v1=" + mac, "t=" + at + ";v1=" + mac, "t" + at + ",v1=" + mac, "T=" + at + ",V1=" + mac,
		"t=" + at + strings.Repeat(",v1="+other, 10_000) + ",v1=" + mac,
	} {
		refused(t, header, g.post("{}", "Stripe-Signature", header))
	}
	ms := at + "000"
	workos := gateTo(t, "workos", "key")
	want(t, "a space after the comma", workos.post("{}", "WorkOS-Signature", "t="+ms+", v1="+macHex("key", ms+".{}")), accepted)
	// The base64 of a signature has equals signs of its own.
	signed := `{"Body":"{}","EnvironmentName":"master","TimeStamp":` + ms + `}`
	hygraph := gateTo(t, "hygraph", "key")
	want(t, "equals signs in a value", hygraph.post("{}", "gcms-signature", "sign="+macBase64("key", signed)+", env=master, t="+ms), accepted)
	// Persona writes a second group while a secret is rotated.
	persona := gateTo(t, "persona", "key")
	want(t, "one group", persona.post("{}", "Persona-Signature", "t="+at+",v1="+mac), accepted)
	for _, header := range []string{"t=" + at + ",v1=" + mac + " t=" + at + ",v1=" + other, "t=" + at + ",v1=" + other + " t=" + at + ",v1=" + mac} {
		want(t, header, persona.post("{}", "Persona-Signature", header), accepted)
	}
	// Standard Webhooks separates by spaces.
	polar := gateTo(t, "polar", "key")
	header := standard("key", "{}")
	for _, list := range []string{"v1,AAAA " + header[5], header[5] + " v1a,AAAA", "v2," + header[5][3:] + " " + header[5]} {
		want(t, list, polar.post("{}", append(header[:4:4], "webhook-signature", list)...), accepted)
	}
}

func queryInstead(t *testing.T) {
	g := gateTo(t, "viber", "key")
	mac := macHex("key", "{}")
	want(t, "in its header", g.post("{}", "X-Viber-Content-Signature", mac), accepted)
	for _, name := range []string{"sig", "signature", "X-Viber-Content-Signature", "x_viber_content_signature"} {
		want(t, name, g.send("POST", "/in/in?"+name+"="+mac, "{}"), webhook.SignatureMissing)
		want(t, name+" in a form", g.post(name+"="+mac, "Content-Type", "application/x-www-form-urlencoded"), webhook.SignatureMissing)
		want(t, name+" in a cookie", g.post("{}", "Cookie", name+"="+mac), webhook.SignatureMissing)
	}
	for _, name := range []string{"X_Viber_Content_Signature", "X-Viber-Signature", "Viber-Content-Signature"} {
		want(t, "in "+name, g.post("{}", name, mac), webhook.SignatureMissing)
	}
}
