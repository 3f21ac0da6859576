//go:build wasip1

// Command standard-webhooks is a rule for the scheme of Standard Webhooks, as an
// example of a rule in Go: the built-in pack says the same as data.
//
// See https://github.com/standard-webhooks/standard-webhooks.
package main

import (
	"strings"
	"time"

	"github.com/hookseal/hookseal/hostabi/guest"
)

//go:wasmexport claim
func claim() int32 { return guest.RunClaim(rule) }

func rule(r guest.Request, c *guest.Claim) error {
	id, at := r.HeaderValue("webhook-id"), r.HeaderValue("webhook-timestamp")
	c.Alternative("", guest.Check{
		Algorithm: "hmac-sha256",
		Key:       "strip:whsec_ | base64",
		Message: []guest.Part{
			guest.Of(id), guest.Literal("."), guest.Of(at), guest.Literal("."), guest.Body(),
		},
		Signatures: versionOne(r.HeaderValue("webhook-signature")),
	})
	c.ID(id)
	c.Type(r.JSONValue("type"))
	c.Time(at, guest.UnixSeconds)
	c.Tolerance(5*time.Minute, 5*time.Minute)
	return nil
}

// most is how many signatures a request may carry.
const most = 16

// versionOne returns the signatures of version 1 in the header, which holds
// items such as "v1,<base64>" between spaces. Other versions are passed over.
func versionOne(header guest.Value) []guest.Signature {
	text, err := header.Read()
	if err != nil || text == "" {
		return []guest.Signature{{Value: header, Encodings: guest.Base64}}
	}
	var signatures []guest.Signature
	versioned := true
	for n, item := range strings.Split(text, " ") {
		versioned = versioned && strings.Contains(item, ",")
		if strings.HasPrefix(item, "v1,") && len(signatures) <= most {
			signatures = append(signatures, guest.Signature{Value: header.Split(" ", n).Strip("v1,"), Encodings: guest.Base64})
		}
	}
	if len(signatures) > most || len(signatures) == 0 && !versioned {
		// No header holds a line break: what lacks one is a malformed signature.
		return []guest.Signature{{Value: header.Strip("\n"), Encodings: guest.Base64}}
	}
	return signatures
}

func main() {}
