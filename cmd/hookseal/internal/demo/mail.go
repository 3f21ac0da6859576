package demo

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The providers, by the names of their packs; their sources are called the same.
const (
	dastra   = "dastra"
	smino    = "smino"
	seatable = "seatable"
	qualifio = "qualifio"
	chaindoc = "chaindoc"
	standard = "standard-webhooks"
)

// providers are in the order in which they are shown.
var providers = [...]string{dastra, smino, seatable, qualifio, chaindoc, standard}

// posting is one webhook on its way in, and what should become of it.
type posting struct {
	source string
	// about says what is special about it, for the reader of a fault.
	about   string
	request *webhook.Request
	// typ is the type that its event should have.
	typ  string
	want want
}

// want is how a webhook should be answered, and what the store should say of its
// event. An empty secret or candidate is not looked at.
type want struct {
	status    int
	reason    webhook.Reason
	repeat    bool
	secret    string
	candidate string
}

func (w want) stored() bool { return w.status == http.StatusAccepted && !w.repeat }

// refused is the answer to a webhook whose signature does not hold.
func refused(reason webhook.Reason) want {
	return want{status: http.StatusUnauthorized, reason: reason}
}

// mailbag is what one provider sends, in its order.
type mailbag struct {
	scribe
	provider string
	pack     *catalog.Pack
	keys     *keyring
	// typ is the type of the events that are being written.
	typ      string
	postings []posting
	faults   []error
}

// writeMail has every provider write what it sends.
func writeMail(ctx context.Context, keys *keyring, now time.Time) (map[string][]posting, error) {
	writers := map[string]func(*mailbag){
		dastra: writeDastra, smino: writeSmino, seatable: writeSeaTable,
		qualifio: writeQualifio, chaindoc: writeChaindoc, standard: writeStandard,
	}
	mail := map[string][]posting{}
	var faults []error
	for _, provider := range providers {
		pack, err := catalog.Builtin().Open(ctx, provider, catalog.Options{})
		if err != nil {
			faults = append(faults, err)
			continue
		}
		bag := &mailbag{scribe: scribe{now: now}, provider: provider, pack: pack, keys: keys}
		writers[provider](bag)
		mail[provider] = bag.postings
		faults = append(faults, append(bag.faults, pack.Close(ctx))...)
	}
	return mail, errors.Join(faults...)
}

// secret returns the secret that the provider signs with.
func (b *mailbag) secret() webhook.Secret { return b.keys.sources[b.provider][0] }

// honest returns a body about something real.
func (b *mailbag) honest(event string) []byte {
	return b.write(event, labels[b.serial%len(labels)])
}

// forged returns a body that must not get through.
func (b *mailbag) forged(event string) []byte { return b.write(event, marker) }

func (b *mailbag) write(event, label string) []byte {
	body, err := b.body(b.provider, event, label)
	if err != nil {
		b.faults = append(b.faults, err)
	}
	return body
}

// unsigned returns the request that carries a body.
func (b *mailbag) unsigned(body []byte) *webhook.Request {
	req := &webhook.Request{
		Method: http.MethodPost, Target: "/in/" + b.provider, Body: body,
		Header: http.Header{"Content-Type": {"application/json"}},
	}
	if b.provider == qualifio {
		req.Header.Set("Authorization", basicCredential(b.keys.basic.Reveal()))
	}
	return req
}

// sign returns a request as the provider makes it with the secrets, its own
// without any.
func (b *mailbag) sign(body []byte, secrets ...webhook.Secret) *webhook.Request {
	return b.signAs(body, scheme.Message{ID: "msg_" + uuid(), Type: b.typ, Time: b.now}, secrets...)
}

func (b *mailbag) signAs(body []byte, m scheme.Message, secrets ...webhook.Secret) *webhook.Request {
	if secrets == nil {
		secrets = []webhook.Secret{b.secret()}
	}
	req := b.unsigned(body)
	if err := b.pack.Sign(req, m, secrets); err != nil {
		b.faults = append(b.faults, err)
	}
	return req
}

func (b *mailbag) post(about string, req *webhook.Request, want want) {
	b.postings = append(b.postings, posting{b.provider, about, req, b.typ, want})
}

// good posts a webhook that must be stored.
func (b *mailbag) good(about string, req *webhook.Request) {
	b.post(about, req, want{status: http.StatusAccepted})
}

// again posts a request once more.
func (b *mailbag) again(req *webhook.Request) {
	b.post("sent twice", req, want{status: http.StatusAccepted, repeat: true})
}

// forgeries posts what whoever does not know the secret would try anywhere.
func (b *mailbag) forgeries(event string) {
	b.post("signed with another secret", b.sign(b.forged(event), b.keys.strangers[b.provider]), refused(webhook.SignatureMismatch))
	b.post("without a signature", b.unsigned(b.forged(event)), refused(webhook.SignatureMissing))
}

// tampered posts a webhook whose body was exchanged after it was signed.
func (b *mailbag) tampered(event string) {
	req := b.sign(b.honest(event))
	req.Body = b.forged(event)
	b.post("body changed on the way", req, refused(webhook.SignatureMismatch))
}
