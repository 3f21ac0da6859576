package engine_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfSignatures() []pitfall {
	return []pitfall{
		{1, "a part of a digest is no digest", truncatedDigest},
		{5, "every provider refuses a wrong signature over HTTP", wrongSignatures},
		{6, "the algorithm is not taken from the request", algorithmOfTheRequest},
		{8, "what is secret is compared in constant time", constantTime},
		{9, "a signature of another length is refused, and no more", lengthOfSignatures},
		{10, "a signature that is no hex is malformed", noHex},
		{11, "hex and base64 are read strictly", strictDecoding},
		{51, "every provider has a proof from outside", outsideProofs},
		{52, "the time does not tell how long a token is", tokenLengths},
	}
}

func truncatedDigest(t *testing.T) {
	g := gateTo(t, "svix", base64.StdEncoding.EncodeToString([]byte("the key of svix")))
	at := unix(0)
	whole := macBase64("the key of svix", "msg_1."+at+".{}")
	send := func(sig string) webhook.Reason {
		return g.post("{}", "svix-id", "msg_1", "svix-timestamp", at, "svix-signature", sig)
	}
	want(t, "v1 with the whole digest", send("v1,"+whole), accepted)
	for n := range len(whole) {
		if got := send("v1," + whole[:n]); got != webhook.SignatureMalformed {
			t.Errorf("v1 with %d of %d characters is judged %q, want signature_malformed", n, len(whole), got)
		}
	}
	hub := gateTo(t, "github", "key")
	digest := macHex("key", "{}")
	want(t, "the whole digest", hub.post("{}", "X-Hub-Signature-256", "sha256="+digest), accepted)
	for n := range len(digest) {
		refused(t, digest[:n], hub.post("{}", "X-Hub-Signature-256", "sha256="+digest[:n]))
	}
}

func algorithmOfTheRequest(t *testing.T) {
	g := gateTo(t, "github", "key")
	macs := map[string]string{}
	for name, h := range map[string]func() []byte{
		"md5":    func() []byte { m := hmac.New(md5.New, []byte("key")); m.Write([]byte("{}")); return m.Sum(nil) },
		"sha1":   func() []byte { m := hmac.New(sha1.New, []byte("key")); m.Write([]byte("{}")); return m.Sum(nil) },
		"sha512": func() []byte { m := hmac.New(sha512.New, []byte("key")); m.Write([]byte("{}")); return m.Sum(nil) },
	} {
		macs[name] = hex.EncodeToString(h())
		want(t, name, g.post("{}", "X-Hub-Signature-256", name+"="+macs[name]), webhook.SignatureMalformed)
		want(t, name+" said to be sha256", g.post("{}", "X-Hub-Signature-256", "sha256="+macs[name]), webhook.SignatureMalformed)
	}
	for _, prefix := range []string{"", "SHA256=", "sha256:", "none=", "sha256==", "sha256=sha256="} {
		want(t, prefix, g.post("{}", "X-Hub-Signature-256", prefix+macHex("key", "{}")), webhook.SignatureMalformed)
	}
	want(t, "the header of SHA-1", g.post("{}", "X-Hub-Signature", "sha1="+macs["sha1"]), webhook.SignatureMissing)
	// Of several in a list, those of other versions are passed over.
	stripe := gateTo(t, "stripe", "key")
	want(t, "v0 alone", stripe.post("{}", "Stripe-Signature", "t="+unix(0)+",v0="+macHex("key", unix(0)+".{}")), webhook.SignatureMissing)
}

func lengthOfSignatures(t *testing.T) {
	hub := gateTo(t, "github", "key")
	adyen := gateTo(t, "adyen-platform", strings.Repeat("ab", 32))
	ed := gateTo(t, "discord", strings.Repeat("11", 32))
	for _, n := range []int{0, 1, 2, 31, 43, 44, 45, 62, 63, 64, 65, 66, 127, 128, 129, 4096} {
		long := strings.Repeat("A", n)
		refused(t, "hex", hub.post("{}", "X-Hub-Signature-256", "sha256="+long))
		refused(t, "base64", adyen.post("{}", "HmacSignature", long))
		refused(t, "a public key's", ed.post("{}", "X-Signature-Ed25519", long, "X-Signature-Timestamp", "1"))
		refused(t, "a token", gateTo(t, "telegram", "token").post("{}", "X-Telegram-Bot-Api-Secret-Token", long))
	}
}

func noHex(t *testing.T) {
	g := gateTo(t, "github", "key")
	for _, text := range []string{"", "foo", "sha256=", "sha256=foo", "sha256=" + strings.Repeat("zz", 32), "sha256=" + strings.Repeat("é", 32), "=", "sha256", "\x00", "sha256=\xff"} {
		want(t, text, g.post("{}", "X-Hub-Signature-256", text), webhook.SignatureMalformed)
	}
}

func strictDecoding(t *testing.T) {
	g := gateTo(t, "github", "key")
	good := macHex("key", "{}")
	want(t, good, g.post("{}", "X-Hub-Signature-256", "sha256="+good), accepted)
	for _, bad := range []string{good + "zz", good + "0", good[:63], good + " ", " " + good, good[:32] + " " + good[32:], good + "\n", "0x" + good, good + "00", "ſ" + good[1:]} {
		want(t, bad, g.post("{}", "X-Hub-Signature-256", "sha256="+bad), webhook.SignatureMalformed)
	}
	shop := gateTo(t, "shopify", "key")
	body := bodyWith(t, "+", "/")
	coded := macBase64("key", body)
	want(t, coded, shop.post(body, "X-Shopify-Hmac-SHA256", coded), accepted)
	url := strings.NewReplacer("+", "-", "/", "_").Replace(coded)
	bare := strings.TrimRight(coded, "=")
	for _, bad := range []string{
		url, bare, coded + "=", coded + "AAAA", coded + "!", coded + "\n", coded[:20] + "\n" + coded[20:], " " + coded, coded + " ",
		bare[:len(bare)-1] + string(bare[len(bare)-1]+1) + "=", // bits behind the last byte
	} {
		want(t, bad, shop.post(body, "X-Shopify-Hmac-SHA256", bad), webhook.SignatureMalformed)
	}
}

// bodyWith returns a body whose digest in base64 has all of the characters.
func bodyWith(t *testing.T, characters ...string) string {
	t.Helper()
next:
	for body := "{"; ; body += " " {
		if len(body) > 10_000 {
			t.Fatal("no body has such a digest")
		}
		for _, c := range characters {
			if !strings.Contains(macBase64("key", body+"}"), c) {
				continue next
			}
		}
		return body + "}"
	}
}

func tokenLengths(t *testing.T) {
	g := gateTo(t, "telegram", "a token of 22 letters!")
	for _, sent := range []string{"a", "a token of 22 letters", "a token of 22 letters!!", "a token of 22 letters?", strings.Repeat("a token of 22 letters!", 2)} {
		want(t, sent, g.post("{}", "X-Telegram-Bot-Api-Secret-Token", sent), webhook.SignatureMismatch)
	}
	want(t, "the token", g.post("{}", "X-Telegram-Bot-Api-Secret-Token", "a token of 22 letters!"), accepted)
	// The comparison returns at once for values of two lengths: what it is given
	// has one length, that of a digest, wherever the length of the other is secret.
	for _, c := range comparisons(t) {
		if !c.oneLength {
			t.Errorf("%s compares %s and %s, which may be of two lengths: compare their digests", c.at, c.sent, c.secret)
		}
	}
}
