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

// versionOne returns the signatures of version 1 in the header, which holds
// items such as "v1,<base64>" between spaces. Other versions are passed over. A
// header without any versioned item is handed on as one that lacks its version,
// for the host to refuse.
func versionOne(header guest.Value) []guest.Signature {
	var signatures []guest.Signature
	versioned := false
	for n := 0; ; n++ {
		item := header.Split(" ", n)
		text, err := item.Read()
		if err != nil {
			break
		}
		versioned = versioned || strings.Contains(text, ",")
		if strings.HasPrefix(text, "v1,") {
			signatures = append(signatures, guest.Signature{Value: item.Strip("v1,"), Encodings: guest.Base64})
		}
	}
	if !versioned {
		return []guest.Signature{{Value: header.Strip("v1,"), Encodings: guest.Base64}}
	}
	return signatures
}

func main() {}
