package engine

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// checkTokens judges what a source gives for handshakes by what its provider has.
func checkTokens(f *partFaults, c Source, pack *catalog.Pack) {
	static, _ := c.Secrets.(webhook.Secrets)
	for _, token := range c.VerifyTokens {
		if slices.ContainsFunc(static, func(s webhook.Secret) bool {
			return subtle.ConstantTimeCompare(s.Reveal(), token.Reveal()) == 1
		}) {
			f.note("verify_token", "is a secret that signs: whoever reads the URL of a handshake could then forge events")
		}
	}
	if len(c.VerifyTokens) > 0 && !slices.ContainsFunc(pack.Provider.Handshake, takesToken) {
		f.note("verify_token", "no handshake of provider %s has a verification token", pack.Provider.ID)
	}
	if _, keeps := c.Secrets.(webhook.SecretKeeper); keeps && !slices.ContainsFunc(pack.Provider.Handshake, func(h scheme.HandshakeDef) bool { return h.Keep != "" }) {
		f.note("keep_secret", "provider %s hands out no secret: give it", pack.Provider.ID)
	}
	if c.Confirm && !slices.ContainsFunc(pack.Provider.Handshake, func(h scheme.HandshakeDef) bool { return h.Confirm != nil }) {
		f.note("confirm", "no handshake of provider %s asks to be confirmed", pack.Provider.ID)
	}
}

func takesToken(h scheme.HandshakeDef) bool {
	return h.Token != "" || h.Answer != nil && h.Answer.Digest != ""
}

func (s *snapshot) confirmer() webhook.Confirmer {
	if s.config.Confirmer != nil {
		return s.config.Confirmer
	}
	return visitor{&http.Client{
		Transport:     s.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// visitor is the [webhook.Confirmer] of an engine that is given none.
type visitor struct{ client *http.Client }

const (
	confirmTimeout = 10 * time.Second
	confirmAnswer  = 64 << 10
)

// Confirm implements [webhook.Confirmer].
func (v visitor) Confirm(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", UserAgent)
	answer, err := v.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, confirmAnswer)); err != nil {
		return err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("%s answered %d", r.URL.Host, answer.StatusCode)
	}
	return nil
}
