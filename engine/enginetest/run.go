package enginetest

import (
	"testing"
	"time"
)

// Run proves a connector: each scenario is a subtest of its own.
func Run(t *testing.T, c Connector) {
	t.Run("messages", func(t *testing.T) {
		a := &app{}
		entry := c.Start(t, Setup{Engine: openEngine(t), Source: signedSource, App: a})
		for _, s := range scenarios() {
			t.Run(s.name, func(t *testing.T) {
				if s.message.http2 && c.NoHTTP2 != "" {
					t.Skip(c.NoHTTP2)
				}
				if err := s.run(entry, a); err != nil {
					t.Error(err)
				}
			})
		}
	})
	t.Run("a challenge", func(t *testing.T) {
		a := &app{}
		entry := c.Start(t, Setup{Engine: openEngine(t), Source: challengeSource, App: a})
		m := &message{target: plainTarget, body: []byte(`{"type":"url_verification","challenge":"` + challengeText + `"}`)}
		m.signChallenge(time.Now())
		if err := challenge(entry, a, m); err != nil {
			t.Error(err)
		}
	})
	t.Run("the engine is down", func(t *testing.T) {
		a, eng := &app{}, openEngine(t)
		entry := c.Start(t, Setup{Engine: eng, Source: signedSource, App: a})
		if entry.Down == nil {
			entry.Down = func() {
				if err := eng.Close(); err != nil {
					t.Error(err)
				}
			}
		}
		s := scenario{message: message{target: plainTarget, body: json60()}, statuses: unavailable}
		s.message.sign()
		entry.Down()
		if err := s.run(entry, a); err != nil {
			t.Error(err)
		}
	})
}
