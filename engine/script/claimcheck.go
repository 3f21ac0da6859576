package script

import (
	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

func (r *claimReader) check(v goja.Value, path string) (check webhook.Check, err error) {
	f, err := objectFields(v, path, "algorithm", "key", "message", "signatures")
	if err != nil {
		return check, err
	}
	algorithm, err := f.required("algorithm")
	if err != nil {
		return check, err
	}
	check.Algorithm = webhook.Algorithm(algorithm)
	if check.Key, err = r.key(f); err != nil {
		return check, err
	}
	if check.Message, err = listOf(f, "message", r.part); err != nil {
		return check, err
	}
	check.Signatures, err = r.signatures(f)
	return check, err
}

// signatures reads what was sent, and notes why there is none.
func (r *claimReader) signatures(f fields) ([]webhook.Signature, error) {
	others := r.fault
	r.fault = ""
	sent, err := listOf(f, "signatures", r.signature)
	if err != nil {
		return nil, err
	}
	var sigs []webhook.Signature
	for _, sig := range sent {
		if sig != nil {
			sigs = append(sigs, *sig)
		}
	}
	if len(sigs) == 0 && r.fault == "" {
		r.fault = webhook.SignatureMissing
	}
	r.fault = earlier(others, r.fault)
	return sigs, nil
}

// signature reads { value, encoding }; nil stands for one that was not sent.
func (r *claimReader) signature(v goja.Value, path string) (*webhook.Signature, error) {
	f, err := objectFields(v, path, "value", "encoding")
	if err != nil {
		return nil, err
	}
	h, err := r.handle(f.get("value"), path+".value")
	if err != nil {
		return nil, err
	}
	encodings, err := listOf(f, "encoding", textAs[webhook.Encoding])
	if err == nil && len(encodings) == 0 {
		err = abiFault("%s.encoding is missing", path)
	}
	switch {
	case err != nil:
		return nil, err
	case h.fault == webhook.AlgorithmNotAllowed:
		r.fault = earlier(r.fault, h.fault)
	case h.fault == webhook.FieldAmbiguous:
		r.fault = earlier(r.fault, webhook.SignatureAmbiguous)
	case h.fault != "" || h.Found && h.Text == "":
		r.fault = earlier(r.fault, webhook.SignatureMalformed)
	case h.Found:
		return &webhook.Signature{Text: h.Text, Encodings: encodings, Origin: h.place}, nil
	}
	return nil, nil
}

func (r *claimReader) key(f fields) (key webhook.KeySelector, err error) {
	v := f.get("key")
	if v == nil {
		return key, nil
	}
	k, err := objectFields(v, f.path+".key", "from", "prepare", "id", "url", "certificate")
	if err != nil {
		return key, err
	}
	from, err := k.text("from", "source")
	if err != nil {
		return key, err
	}
	switch from {
	case "source":
		key.From = webhook.SourceSecrets
	case "hint":
		key.From = webhook.HintedSecrets
	case "reference":
		key.From = webhook.Referenced
	default:
		return key, abiFault("%s.from is %q, want source, hint or reference", k.path, from)
	}
	if key.Prepare, err = k.text("prepare", ""); err != nil {
		return key, err
	}
	if key.ID, err = r.optionalValue(k, "id"); err != nil {
		return key, err
	}
	if key.URL, err = k.text("url", ""); err != nil {
		return key, err
	}
	key.Certificate, err = k.flag("certificate")
	return key, err
}

// part reads one piece of a message: text, a value, a marker or a digest.
func (r *claimReader) part(v goja.Value, path string) (webhook.Part, error) {
	if v != nil && goja.IsString(v) {
		return webhook.Part{Kind: webhook.Literal, Text: v.String()}, nil
	}
	if m, ok := asMarker(v); ok {
		return webhook.Part{Kind: m.kind}, nil
	}
	if h, ok := asHandle(v); ok {
		r.fault = earlier(r.fault, h.fault)
		return webhook.Part{Kind: webhook.FromValue, Value: h.Value}, nil
	}
	if _, ok := v.(*goja.Object); !ok {
		return webhook.Part{}, abiFault("%s is %s, want a string, a value of the request, request.body, request.stringified, request.canonical, context.secret or { digest }", path, describe(v))
	}
	f, err := objectFields(v, path, "digest")
	if err != nil {
		return webhook.Part{}, err
	}
	inner, err := r.digest(f)
	return webhook.Part{Kind: webhook.Nested, Inner: inner}, err
}

// digest reads the member digest: { algorithm, encoding, parts }.
func (r *claimReader) digest(f fields) (*webhook.Digest, error) {
	d, err := objectFields(f.get("digest"), f.path+".digest", "algorithm", "encoding", "parts")
	if err != nil {
		return nil, err
	}
	algorithm, err := d.required("algorithm")
	if err != nil {
		return nil, err
	}
	encoding, err := d.required("encoding")
	if err != nil {
		return nil, err
	}
	parts, err := listOf(d, "parts", r.part)
	return &webhook.Digest{
		Algorithm: webhook.Algorithm(algorithm), Encoding: webhook.Encoding(encoding), Parts: parts,
	}, err
}
