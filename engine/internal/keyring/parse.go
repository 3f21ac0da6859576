package keyring

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxKeys bounds how many keys of one document count.
const maxKeys = 100

// errNoKey reports a document in which nothing can be used. A provider that has
// no key at all cannot send, so that it is a mistake rather than a revocation.
var errNoKey = errors.New("the answer holds no public key of RSA, ECDSA or Ed25519")

// parse reads the keys of a document.
func parse(ref *webhook.KeyRef, body []byte) ([]key, error) {
	var keys []key
	var err error
	switch ref.Format {
	case webhook.KeyJWKS:
		keys, err = parseSet(body)
	case webhook.KeyPEM:
		keys, err = parsePEM(string(body))
	case webhook.KeyX509:
		keys, err = parseCertificate(body)
	case webhook.KeyJSON:
		keys, err = parseJSON(ref, body)
	default:
		return nil, fmt.Errorf("unknown format %q of keys", ref.Format)
	}
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, errNoKey
	}
	if len(keys) > maxKeys {
		return nil, fmt.Errorf("the answer holds more than %d keys", maxKeys)
	}
	for i := range keys {
		keys[i].secret.Label = label(keys[i].id, ref.Host)
	}
	return keys, nil
}

// parseJSON reads the key, the JWK, the JWK Set or the list that At leads to.
func parseJSON(ref *webhook.KeyRef, body []byte) ([]key, error) {
	raw, err := locate(body, ref.At)
	if err != nil {
		return nil, err
	}
	if ref.EntryKey == "" {
		return parseValue(raw)
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, fmt.Errorf("%q leads to no list", ref.At)
	}
	var keys []key
	for _, entry := range entries {
		var id string
		text, err := locate(entry, ref.EntryKey)
		if err != nil {
			continue
		}
		if named, err := locate(entry, ref.EntryID); err != nil || json.Unmarshal(named, &id) != nil {
			continue
		}
		found, err := parseValue(text)
		if err != nil {
			continue
		}
		for _, k := range found {
			k.id = id
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// parseValue reads a JSON text that holds a key, or an object that is a JWK or a
// JWK Set.
func parseValue(raw json.RawMessage) ([]key, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return parseText(text)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil, errors.New("where the key is to be, there is neither a text nor an object")
	}
	if _, ok := object["keys"]; ok {
		return parseSet(raw)
	}
	k, err := parseJWK(raw)
	if err != nil {
		return nil, err
	}
	return []key{k}, nil
}

// parseText reads PEM, or base64 of what PEM holds, or of the 32 bytes of an
// Ed25519 key.
func parseText(text string) ([]key, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "-----BEGIN ") {
		return parsePEM(unfold(text))
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the key is neither PEM nor base64")
	}
	k, err := parseDER(der)
	return []key{k}, err
}

// unfold gives PEM its line ends where a provider writes it in one line (eBay).
func unfold(text string) string {
	if strings.ContainsAny(text, "\r\n") {
		return text
	}
	text = strings.TrimPrefix(text, "-----BEGIN ")
	kind, rest, ok := strings.Cut(text, "-----")
	body, _, ends := strings.Cut(rest, "-----END ")
	if !ok || !ends {
		return text
	}
	body = strings.ReplaceAll(strings.TrimSpace(body), " ", "\n")
	return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n"
}

// locate returns the JSON value at a dotted path, in which a number is the index
// of a list.
func locate(body []byte, path string) (json.RawMessage, error) {
	raw := json.RawMessage(body)
	if path == "" {
		return raw, nil
	}
	for name := range strings.SplitSeq(path, ".") {
		var object map[string]json.RawMessage
		var list []json.RawMessage
		index, err := strconv.Atoi(name)
		switch {
		case json.Unmarshal(raw, &object) == nil && object[name] != nil:
			raw = object[name]
		case err == nil && json.Unmarshal(raw, &list) == nil && 0 <= index && index < len(list):
			raw = list[index]
		default:
			return nil, fmt.Errorf("the answer has no %q", path)
		}
	}
	return raw, nil
}

// newKey writes a public key as PEM.
func newKey(id string, public crypto.PublicKey, notBefore, notAfter time.Time) (key, error) {
	if err := acceptable(public); err != nil {
		return key{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return key{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	secret, err := webhook.NewSecret(id, text[:len(text)-1])
	secret.NotAfter = notAfter
	return key{id: id, secret: secret, notBefore: notBefore}, err
}

// label returns the name of a key for logs and verdicts: its identifier where that
// is plain, and a digest where it is not; the host where there is none.
func label(id, host string) string {
	if id == "" {
		return host
	}
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._~:/+=", c)
	}
	if len(id) <= 100 && strings.TrimFunc(id, plain) == "" {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return fmt.Sprintf("%s#%x", host, sum[:8])
}
