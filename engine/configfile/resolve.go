package configfile

import (
	"fmt"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// secrets resolves the secrets of a part, which gives one or a list. It is nil
// where there is none.
func (l *loader) secrets(key string, one *secretRef, list []secretRef) []webhook.Secret {
	if one != nil && list != nil {
		l.note(key+".secret", "secret and secrets are both given; put all into secrets")
	}
	var secrets []webhook.Secret
	if one != nil {
		secrets = l.resolve(nil, key+".secret", *one)
	}
	return append(secrets, l.secretList(key+".secrets", secretRefs{list: list})...)
}

func (l *loader) secretList(key string, refs secretRefs) []webhook.Secret {
	var secrets []webhook.Secret
	for i, ref := range refs.list {
		at := fmt.Sprintf("%s[%d]", key, i)
		if refs.alone {
			at = key
		}
		secrets = l.resolve(secrets, at, ref)
	}
	return secrets
}

func (l *loader) resolve(secrets []webhook.Secret, key string, ref secretRef) []webhook.Secret {
	if l.isFaulty(key) {
		return secrets
	}
	if file, is := strings.CutPrefix(ref.Ref, "file:"); is {
		l.footprint.file(within(l.dir, file))
	}
	secret, err := References{LookupEnv: l.opts.LookupEnv, Dir: l.dir}.Secret(ref.Ref)
	if err != nil {
		l.note(key, "%s", err)
		return secrets
	}
	if ref.Label != "" {
		secret.Label = ref.Label
	}
	secret.NotBefore, secret.NotAfter = ref.NotBefore, ref.NotAfter
	if !secret.NotAfter.IsZero() && secret.NotAfter.Before(secret.NotBefore) {
		l.note(key, "not_after is before not_before, so that the secret never counts")
	}
	if strings.HasPrefix(ref.Ref, "plain:") {
		l.warn("%s is written in plain in %s: whoever can read the file can sign", key, l.config.Path)
	}
	if !secret.NotAfter.IsZero() && time.Now().After(secret.NotAfter) {
		l.warn("%s, secret %q, ended at %s and no longer counts", key, secret.Label, secret.NotAfter.Format(time.RFC3339))
	}
	return append(secrets, secret)
}
