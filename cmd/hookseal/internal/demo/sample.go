package demo

import (
	"crypto/rand"
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// bodies are the webhooks of each provider, with places that are filled in so
// that no two are alike.
//
//go:embed samples
var bodies embed.FS

// marker stands in the body of every webhook that must be refused. It may be
// found neither in the store nor at an endpoint.
const marker = "must-never-arrive"

// labels are what people called the things that honest webhooks are about.
var labels = [...]string{
	"Contrat de prêt – Atelier Čapek & Fils", "Grundriss 2.OG", "Bohrmaschine Nº 7",
	"Gestion de la paie", "Søren Ålund", "Türblätter EG prüfen", "Noémie",
}

// scribe writes bodies.
type scribe struct {
	now    time.Time
	serial int
}

// body returns the sample of an event about a thing of that name.
func (s *scribe) body(provider, event, label string) ([]byte, error) {
	sample, err := bodies.ReadFile("samples/" + provider + "/" + event + ".json")
	if err != nil {
		return nil, err
	}
	s.serial++
	now := s.now.UTC()
	filled := strings.NewReplacer(
		"{{id}}", uuid(),
		"{{number}}", strconv.Itoa(30_000+s.serial),
		"{{label}}", label,
		"{{unix}}", strconv.FormatInt(now.Unix(), 10),
		"{{seconds}}", now.Format("2006-01-02T15:04:05Z"),
		"{{milliseconds}}", now.Format("2006-01-02T15:04:05.000Z"),
		"{{invariant}}", now.Format(invariant),
	).Replace(string(sample))
	return []byte(filled), nil
}

// invariant is how .NET writes a moment in its invariant culture.
const invariant = "01/02/2006 15:04:05"

// uuid returns a random UUID (RFC 9562, version 4).
func uuid() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, as its documentation says
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
