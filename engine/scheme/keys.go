package scheme

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// KeysDef says where the public keys of a provider are fetched, the
// [scheme.keys] table of a provider.toml.
type KeysDef struct {
	// URL is a template: literals, {setting.NAME}, {id}, and values of the
	// request. A value that stands first is taken as it is, since it is the URL;
	// {id} and later values are escaped. A rule that states the URL itself goes
	// with an empty one.
	URL string `toml:"url"`
	// Hosts are the hosts that the URL may have, each a name in which * stands for
	// one label of letters, digits and '-'. They are required where a value of
	// the request can choose the host.
	Hosts []string `toml:"hosts"`
	// Except are hosts that it may not have even so; here * stands for any text.
	// The hosts of sns.*.amazonaws.com, for one, include those of a bucket of S3
	// that is called sns (Amazon SNS).
	Except []string `toml:"except"`
	// Path is the path that it must have; * stands for text without a slash. It
	// is required where a value of the request stands first.
	Path string `toml:"path"`
	// Format is "jwks", "pem", "x509" (a certificate, whose dates are checked) or
	// "json".
	Format string `toml:"format"`
	// At is the dotted path of the key in a json document, empty for the whole.
	At string `toml:"at"`
	// EntryID and EntryKey name the members with the identifier and the key,
	// where At leads to a list of objects (Bitso).
	EntryID  string `toml:"entry_id"`
	EntryKey string `toml:"entry_key"`
	// ID is a template of one value that picks the key; without one that is the
	// scheme's key_id. Where there is neither, all keys are tried.
	ID string `toml:"id"`
	// TTL is how long keys count where the answer has no max-age: "1m" to "24h",
	// "1h" where none is given.
	TTL string `toml:"ttl"`
	// Request is how the URL is asked; its zero value is a plain GET.
	Request KeyRequestDef `toml:"request"`
	// Token is a request that comes first (eBay), nil for none.
	Token *KeyTokenDef `toml:"token"`
}

// KeyRequestDef is how a URL is asked. Its texts may hold {setting.NAME}, {id},
// {credential.NAME} and, where there is a token, {token}.
type KeyRequestDef struct {
	// Method is GET or POST; without one it is POST where there is a body.
	Method string `toml:"method"`
	// Headers are further header fields (Circle).
	Headers map[string]string `toml:"headers"`
	// Basic is "user:password" for an Authorization of that scheme (eBay).
	Basic string `toml:"basic"`
	// JSON is a body that is an object of texts (Plaid), Form one that is a form
	// (eBay).
	JSON map[string]string `toml:"json"`
	Form map[string]string `toml:"form"`
}

// KeyTokenDef is a request for a token that the request for keys needs.
type KeyTokenDef struct {
	// URL is literals and {setting.NAME}.
	URL string `toml:"url"`
	// Request is how it is asked.
	Request KeyRequestDef `toml:"request"`
	// At is the dotted path of the token in the answer, "access_token" where
	// none is given.
	At string `toml:"at"`
}

// keysPlan is a compiled [KeysDef].
type keysPlan struct {
	url    []urlPart
	allow  allowList
	id     *reference
	asksID bool
	// ref is what every request's reference has in common.
	ref webhook.KeyRef
}

const (
	minKeyTTL     = time.Minute
	maxKeyTTL     = 24 * time.Hour
	defaultKeyTTL = time.Hour
)

func (s *Scheme) compileKeys(d *KeysDef, settings map[string]string) error {
	if d == nil {
		return nil
	}
	for _, a := range s.Allowed() {
		if m, _ := methodOf(a); m.kind != publicKeyMethod {
			return fmt.Errorf("keys: algorithm %q takes a secret, and a key that anybody can fetch is none", a)
		}
	}
	p := &keysPlan{ref: webhook.KeyRef{
		Format: webhook.KeyFormat(d.Format), At: d.At, EntryID: d.EntryID, EntryKey: d.EntryKey,
	}}
	if s.foreach != "" {
		return errors.New("keys: items that are signed each by itself have no fetched keys")
	}
	var faults []error
	for _, err := range []error{
		p.compileFormat(d), p.compileTTL(d.TTL), p.compileID(d.ID, s.keyID, settings), p.compileRequests(d, settings),
		p.compileURL(d, settings, s.rule != ""),
	} {
		if err != nil {
			faults = append(faults, fmt.Errorf("keys.%w", err))
		}
	}
	if len(faults) == 0 {
		if err := p.compileUse(); err != nil {
			faults = append(faults, fmt.Errorf("keys.%w", err))
		}
	}
	s.keys = p
	return errors.Join(faults...)
}

func (p *keysPlan) compileFormat(d *KeysDef) error {
	formats := []webhook.KeyFormat{webhook.KeyJWKS, webhook.KeyPEM, webhook.KeyX509, webhook.KeyJSON}
	switch {
	case !slices.Contains(formats, p.ref.Format):
		return fmt.Errorf("format = %q is none of %v", d.Format, formats)
	case d.At != "" && p.ref.Format != webhook.KeyJSON:
		return fmt.Errorf("at = %q goes with format = \"json\"", d.At)
	case (d.EntryID == "") != (d.EntryKey == ""):
		return errors.New("entry_id and entry_key go together")
	case d.EntryID != "" && p.ref.Format != webhook.KeyJSON:
		return fmt.Errorf("entry_id = %q goes with format = \"json\"", d.EntryID)
	}
	return nil
}

func (p *keysPlan) compileTTL(text string) error {
	p.ref.TTL = defaultKeyTTL
	if text == "" {
		return nil
	}
	ttl, err := time.ParseDuration(text)
	if err != nil || ttl < minKeyTTL || ttl > maxKeyTTL {
		return fmt.Errorf("ttl = %q, want a duration from 1m to 24h", text)
	}
	p.ref.TTL = ttl
	return nil
}

func (p *keysPlan) compileID(text string, otherwise *reference, settings map[string]string) error {
	if text == "" {
		p.id = otherwise
		return nil
	}
	var err error
	p.id, err = parseSingle("id", text, settings)
	return err
}

// compileUse judges the parts by each other.
func (p *keysPlan) compileUse() error {
	inURL := slices.ContainsFunc(p.url, func(u urlPart) bool { return u.id })
	p.ref.ByID = inURL || p.asksID
	p.ref.Chosen = p.ref.ByID || slices.ContainsFunc(p.url, func(u urlPart) bool { return u.value != nil })
	listed := p.ref.Format == webhook.KeyJWKS || p.ref.Format == webhook.KeyJSON
	switch {
	case p.ref.ByID && p.id == nil && len(p.url) > 0:
		return errors.New("id is missing: {id} stands for it")
	case p.id != nil && !p.ref.ByID && !listed:
		return fmt.Errorf("id = {%s} picks nothing: what format = %q writes has no identifiers", p.id.source, p.ref.Format)
	}
	return nil
}

// KeyCredentials lists the credentials, by name and in order, that a source must
// have so that the keys of the scheme can be fetched.
func (s *Scheme) KeyCredentials() []string {
	if s.keys == nil {
		return nil
	}
	texts := requestTexts(&s.keys.ref.Request)
	if s.keys.ref.Token != nil {
		texts = append(texts, requestTexts(&s.keys.ref.Token.Request)...)
	}
	var names []string
	for _, text := range texts {
		for _, part := range text {
			if part.Kind == webhook.KeyCredential {
				names = append(names, part.Text)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// FetchesKeys reports whether the scheme's keys are fetched, so that a source
// needs no secret.
func (s *Scheme) FetchesKeys() bool { return s.keys != nil }

// group names the fetches of one configuration. A NUL can stand in no URL.
func (p *keysPlan) group() string {
	var b strings.Builder
	for _, u := range p.url {
		switch {
		case u.id:
			b.WriteString("\x00id")
		case u.value != nil:
			b.WriteString("\x00" + u.value.source)
		default:
			b.WriteString(u.literal)
		}
	}
	return b.String() + "\x00" + strings.Join(p.allow.texts, "\x00")
}
