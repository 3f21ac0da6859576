package demo

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
)

// recipe is a request to send by hand.
type recipe struct {
	about string
	// shell sends it and prints the status behind the answer.
	shell string
	// status is the answer that is due.
	status int
}

// The shell that computes a signature.
const (
	hexOf      = `$(printf %%s "$body" | openssl dgst -sha256 -hmac %s -r | cut -d' ' -f1)`
	base64Of   = `$(printf %%s "$body" | openssl dgst -sha256 -hmac %s -binary | openssl base64 -A)`
	standardOf = `$(printf %%s "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:%s -binary | openssl base64 -A)`
	sminoOf    = `$(printf %%s "$id.$time.%s" | openssl dgst -sha512 -r | cut -d' ' -f1 | tr a-f A-F)`
)

// recipes are a webhook of each provider that is accepted, and one that is not.
func (s *stage) recipes() []recipe {
	key := func(provider string) string { return string(s.keys.sources[provider][0].Reveal()) }
	honest := s.recipe(dastra, `body='{"event":"dataBreach.created","data":{"id":58,"label":"by hand"}}'`,
		"Dastra-Signature: "+fmt.Sprintf(base64Of, key(dastra)))
	forged := honest
	forged.about, forged.status = "the same with a body that was changed after signing: refused, and told why", http.StatusUnauthorized
	forged.shell = strings.Replace(forged.shell, `--data-binary "$body"`, `--data-binary "$body "`, 1)

	return []recipe{
		honest, forged,
		s.recipe(smino, `id=$(openssl rand -hex 16) time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
body='{"EventId":"'$id'","TimeStamp":"'$time'","EventType":"TaskCreated","Task":{"Title":"by hand"}}'`,
			"x-hook-signature: "+fmt.Sprintf(sminoOf, key(smino))),
		s.recipe(seatable, `body='{"event":"update","data":{"op_type":"insert_row","table_name":"Inventar","row_name":"by hand"}}'`,
			"X-SeaTable-Signature: sha256="+fmt.Sprintf(hexOf, key(seatable))),
		s.recipe(qualifio, `body='{"participation":{"id":"p-1","score":8},"identification":{"firstName":"by hand"}}'`,
			"X-Qualifio-Signature: sha256="+fmt.Sprintf(hexOf, key(qualifio)),
			"Authorization: "+basicCredential(s.keys.basic.Reveal())),
		s.recipe(chaindoc, `body='{"event":"document.created","documentId":"d-1","name":"by hand","timestamp":"2031-01-02T03:04:01.118Z"}'`,
			"X-Webhook-Event: document.created",
			"X-Webhook-Signature: "+fmt.Sprintf(hexOf, key(chaindoc))),
		s.recipe(standard, `id=msg_$(openssl rand -hex 8) time=$(date +%s) body='{"type":"invoice.paid","data":{"invoice":"by hand"}}'`,
			"webhook-id: $id", "webhook-timestamp: $time",
			"webhook-signature: v1,"+fmt.Sprintf(standardOf, standardHex(key(standard)))),
	}
}

// standardHex returns the key behind a secret of Standard Webhooks as openssl
// takes it.
func standardHex(secret string) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, standardPrefix))
	if err != nil {
		panic("demo: a secret of its own making: " + err.Error())
	}
	return hex.EncodeToString(key)
}

// recipe joins what makes a body with the request that carries it.
func (s *stage) recipe(source, body string, headers ...string) recipe {
	lines := []string{body, fmt.Sprintf(`curl -sS -w '%%{http_code}\n' %s/in/%s --data-binary "$body"`, s.url, source)}
	for _, header := range append([]string{"Content-Type: application/json"}, headers...) {
		lines = append(lines, `  -H "`+header+`"`)
	}
	return recipe{
		about:  "a webhook of " + source + ", signed: 202",
		shell:  lines[0] + "\n" + strings.Join(lines[1:], " \\\n"),
		status: http.StatusAccepted,
	}
}
