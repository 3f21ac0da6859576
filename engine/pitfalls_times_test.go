package engine_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfTimes() []pitfall {
	return []pitfall{
		{12, "a time that is no number is malformed", malformedTimes},
		{13, "the stated time is signed as it was written", verbatimTimes},
		{14, "times ahead are bounded like times past", futureTimes},
		{15, "no tolerance is never meant by zero or by nothing", zeroTolerance},
		{16, "a time that nobody signs bounds nothing", unsignedTimes},
		{17, "milliseconds are not taken for seconds", milliseconds},
		{18, "a time without a zone is in UTC", timesWithoutZone},
		{19, "the tolerance is the source's to set", ownTolerance},
	}
}

// unix is the time that many seconds from now, as a scheme writes it.
func unix(seconds int) string {
	return strconv.FormatInt(time.Now().Add(time.Duration(seconds)*time.Second).Unix(), 10)
}

// stripe returns the header of Stripe for a time, written as it is given.
func stripe(at, body string) []string {
	return []string{"Stripe-Signature", "t=" + at + ",v1=" + macHex("key", at+"."+body)}
}

func slackHeaders(at, body string) []string {
	return []string{"X-Slack-Request-Timestamp", at, "X-Slack-Signature", "v0=" + macHex("key", "v0:"+at+":"+body)}
}

func malformedTimes(t *testing.T) {
	inHeader, inSignature := gateTo(t, "slack", "key"), gateTo(t, "stripe", "key")
	now := unix(0)
	want(t, now, inHeader.post("{}", slackHeaders(now, "{}")...), accepted)
	want(t, now, inSignature.post("{}", stripe(now, "{}")...), accepted)
	for _, at := range []string{"abc", "1e10", " " + now, "+" + now, "-" + now, "0x10", "123abc", now + ".0", "0" + now, "NaN", "Infinity", "1_700_000_000", "１７６７３２３０４５", "99999999999999999999", "9223372036854775808"} {
		want(t, at, inHeader.post("{}", slackHeaders(at, "{}")...), webhook.TimestampMalformed)
		want(t, at, inSignature.post("{}", stripe(at, "{}")...), webhook.TimestampMalformed)
	}
	refused(t, now+" ", inHeader.post("{}", slackHeaders(now+" ", "{}")...))
	refused(t, now+" ", inSignature.post("{}", stripe(now+" ", "{}")...))
	refused(t, "", inHeader.post("{}", slackHeaders("", "{}")...))
	refused(t, "", inSignature.post("{}", stripe("", "{}")...))
}

// Where the time is bounded, a text that is not the number's own is malformed;
// where it is not, the text is signed and its number is not.
func verbatimTimes(t *testing.T) {
	bounded := gateTo(t, "slack", "key")
	free := gateBy(t, strings.Replace(rawHMAC, `"{body}"`, `"{header.X-At}.{body}"`, 1))
	now := unix(0)
	for _, written := range []string{"0" + now, now + ".9", "+" + now, now + "e0"} {
		want(t, written+" signed as its number", bounded.post("{}", "X-Slack-Request-Timestamp", written, "X-Slack-Signature", "v0="+macHex("key", "v0:"+now+":{}")), webhook.SignatureMismatch)
		want(t, written+" signed as it stands", bounded.post("{}", slackHeaders(written, "{}")...), webhook.TimestampMalformed)
		want(t, written+" where it is not read", free.post("{}", "X-At", written, "X-Sig", macHex("key", written+".{}")), accepted)
		want(t, written+" signed as its number where it is not read", free.post("{}", "X-At", written, "X-Sig", macHex("key", now+".{}")), webhook.SignatureMismatch)
	}
}

func futureTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateTo(t, "stripe", "key")
		for seconds, expected := range map[int]webhook.Reason{
			300: accepted, -300: accepted, 301: webhook.TimestampInFuture, -301: webhook.TimestampTooOld,
			1 << 30: webhook.TimestampInFuture, -900_000_000: webhook.TimestampTooOld,
		} {
			want(t, strconv.Itoa(seconds), g.post("{}", stripe(unix(seconds), "{}")...), expected)
		}
	})
}

func zeroTolerance(t *testing.T) {
	pack := func(tolerance string) string {
		return strings.Replace(rawHMAC, `"{body}"`, `"{header.X-At}.{body}"`, 1) + `time = { from = "{header.X-At}", unit = "s"` + tolerance + " }\n"
	}
	for _, none := range []string{"", `, tolerance = ""`, `, tolerance = "0"`, `, tolerance = "0s"`, `, tolerance = "-5m"`, `, tolerance = "none"`} {
		_, err := packOf(t, pack(none)).Open(t.Context(), "vendor", catalog.Options{})
		if err == nil || !strings.Contains(err.Error(), "tolerance") {
			t.Errorf("a pack with the time%s opens: %v", none, err)
		}
	}
	for _, none := range []string{"", "0", "0s", "0h", "-1s", "none", "false"} {
		s := engine.Source{Provider: "stripe", Secrets: webhook.Secrets{key(t, "key")}, Settings: map[string]string{"tolerance": none}}
		if _, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": s}}); err == nil {
			t.Errorf("a source with the tolerance %q opens", none)
		}
	}
	aloud := gateOf(t, engine.Config{}, engine.Source{Provider: "stripe", Secrets: webhook.Secrets{key(t, "key")}, Settings: map[string]string{"tolerance": "off"}})
	want(t, "an old time, and off", aloud.post("{}", stripe("1000000000", "{}")...), accepted)
}

func unsignedTimes(t *testing.T) {
	pack := rawHMAC + `time = { from = "{header.X-At}", unit = "s", tolerance = "5m" }` + "\n"
	if _, err := packOf(t, pack).Open(t.Context(), "vendor", catalog.Options{}); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Errorf("a pack whose time is not signed opens: %v", err)
	}
	// Linear states the time in the body, which is signed, and in a header.
	g := gateTo(t, "linear", "key")
	send := func(ageOfBody, ageOfHeader time.Duration) webhook.Reason {
		at := func(age time.Duration) string { return strconv.FormatInt(time.Now().Add(-age).UnixMilli(), 10) }
		body := `{"type":"Issue","webhookTimestamp":` + at(ageOfBody) + `}`
		return g.post(body, "Linear-Signature", macHex("key", body), "Linear-Timestamp", at(ageOfHeader))
	}
	want(t, "an old header", send(0, time.Hour), accepted)
	want(t, "an old body under a new header", send(time.Hour, 0), webhook.TimestampTooOld)
}

func milliseconds(t *testing.T) {
	g := gateTo(t, "stripe", "key")
	ms := strconv.FormatInt(time.Now().UnixMilli(), 10)
	want(t, ms+" in seconds", g.post("{}", stripe(ms, "{}")...), webhook.TimestampMalformed)
	// The other way round a time in seconds is one of January 1970.
	recurly := gateTo(t, "recurly", "key")
	for at, expected := range map[string]webhook.Reason{ms: accepted, unix(0): webhook.TimestampTooOld} {
		want(t, at+" in milliseconds", recurly.post("{}", "recurly-signature", at+","+macHex("key", at+".{}")), expected)
	}
}

func timesWithoutZone(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("elsewhere", 5*60*60)
	g := gateTo(t, "orb", "key")
	now := time.Now()
	for what, tt := range map[string]struct {
		at   time.Time
		want webhook.Reason
	}{"in UTC": {now.UTC(), accepted}, "in the local zone": {now.Local(), webhook.TimestampInFuture}} {
		text := tt.at.Format("2006-01-02T15:04:05.000")
		want(t, what, g.post("{}", "X-Orb-Timestamp", text, "X-Orb-Signature", "v1="+macHex("key", "v1:"+text+":{}")), tt.want)
	}
}

func ownTolerance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := func() []string {
			at := unix(-20)
			return []string{"Paddle-Signature", "ts=" + at + ";h1=" + macHex("key", at+":{}")}
		}
		want(t, "20 s under Paddle's own 5 s", gateTo(t, "paddle", "key").post("{}", late()...), webhook.TimestampTooOld)
		wide := gateOf(t, engine.Config{}, engine.Source{Provider: "paddle", Secrets: webhook.Secrets{key(t, "key")}, Settings: map[string]string{"tolerance": "1m"}})
		want(t, "20 s under 1 m", wide.post("{}", late()...), accepted)
	})
}
