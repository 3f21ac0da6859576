package engine

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// echoes are the texts that an endpoint's secrets have in its requests. A server
// that answers with the request it got would have them stored, and shown to
// whoever looks at its deliveries.
type echoes [][]byte

// minEchoed is how long a secret is that is looked for in an answer. A shorter one
// would be found where it is not meant.
const minEchoed = 6

func newEchoes(c Endpoint) echoes {
	secrets := slices.Concat(c.Secrets, c.Basic, c.Bearer)
	for _, s := range c.SecretHeaders {
		secrets = append(secrets, s)
	}
	for _, also := range c.AlsoSign {
		secrets = append(secrets, also.Secrets...)
	}
	var e echoes
	for _, s := range secrets {
		for _, text := range [][]byte{s.Reveal(), []byte(base64.StdEncoding.EncodeToString(s.Reveal()))} {
			if len(text) >= minEchoed {
				e = append(e, text)
			}
		}
	}
	// The longest first, of which others may be parts.
	slices.SortFunc(e, func(a, b []byte) int { return len(b) - len(a) })
	return e
}

// redact returns the answer without the texts. An answer that ends within one, since
// no more of it was read, ends before it.
func (e echoes) redact(answer []byte) []byte {
	for _, text := range e {
		if bytes.Contains(answer, text) {
			answer = bytes.ReplaceAll(answer, text, []byte(redacted))
		}
		for n := len(text) - 1; n >= minEchoed; n-- {
			if rest, cut := bytes.CutSuffix(answer, text[:n]); cut {
				answer = rest
				break
			}
		}
	}
	return answer
}
