package scheme

import (
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/structured"
)

// The pipes that read the digest of one algorithm from a header that may state
// several.
const (
	contentDigestPipe = "content-digest"
	digestPipe        = "digest"
)

// parseDigestPipe returns the pipe that reads the digest of an algorithm, as the
// header names it.
func parseDigestPipe(word, algorithm string) (pipe, bool) {
	p := pipe{name: word + ":" + algorithm}
	switch {
	case !isLowerField(algorithm):
		return p, false
	case word == contentDigestPipe:
		p.text = func(text string) (string, bool) { return contentDigest(text, algorithm) }
		p.write = func(text string) string { return algorithm + "=:" + text + ":" }
		return p, true
	case word == digestPipe:
		p.text = func(text string) (string, bool) { return instanceDigest(text, algorithm) }
		p.write = func(text string) string { return algorithm + "=" + text }
		return p, true
	}
	return p, false
}

// contentDigest reads Content-Digest (RFC 9530): a dictionary of byte sequences.
func contentDigest(text, algorithm string) (string, bool) {
	if len(text) > maxToken {
		return "", false
	}
	digests, err := structured.ReadBytes(text)
	digest, found := digests[algorithm]
	return digest, err == nil && found
}

// instanceDigest reads Digest (RFC 3230): a list of ALGORITHM=DIGEST, where the
// algorithm is in any case.
func instanceDigest(text, algorithm string) (digest string, found bool) {
	if len(text) > maxToken {
		return "", false
	}
	seen := map[string]bool{}
	for item := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.Trim(item, " \t"), "=")
		name = lowerASCII(name)
		if !ok || value == "" || seen[name] {
			return "", false
		}
		seen[name] = true
		if name == algorithm {
			digest, found = value, true
		}
	}
	return digest, found
}

// writer returns how a text is written so that the reference reads it, and false
// where its pipes cannot be undone.
func (r *reference) writer() (write func(text string) string, ok bool) {
	switch {
	case len(r.pipes) == 0:
		return func(text string) string { return text }, true
	case len(r.pipes) == 1 && r.pipes[0].write != nil:
		return r.pipes[0].write, true
	}
	return nil, false
}
