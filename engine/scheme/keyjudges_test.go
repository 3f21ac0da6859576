package scheme_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judgesTool returns the path of a program that is not Go. Without it the test is
// skipped, and fails if HOOKSEAL_CI is set.
func judgesTool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatalf("this test needs %s: %v", name, err)
		}
		t.Skipf("this test needs %s: %v", name, err)
	}
	return path
}

// openssl runs in a folder of its own.
type openssl struct {
	t         *testing.T
	tool, dir string
}

func (o openssl) run(args ...string) []byte {
	o.t.Helper()
	cmd := exec.Command(o.tool, args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr = o.dir, &complaint
	out, err := cmd.Output()
	if err != nil {
		o.t.Fatalf("openssl %s: %v\n%s%s", strings.Join(args, " "), err, complaint.String(), out)
	}
	return out
}

func (o openssl) write(name string, content []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), content, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o openssl) secret(name string) webhook.Secret {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("-----BEGIN")) {
		text = []byte(base64.StdEncoding.EncodeToString(text))
	}
	return secret(o.t, name, strings.TrimSpace(string(text)))
}

// OpenSSL makes the keys in every form that it knows. What it signs verifies here
// under each of them, and what each private form signs here it verifies.
func TestAgainstOpenSSL(t *testing.T) {
	tool := judgesTool(t, "openssl")
	families := map[string]struct {
		step     string
		generate []string
		// convert are further forms of the key, by the file that they come to be.
		convert map[string][]string
	}{
		"rsa": {"rsa", []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, map[string][]string{
			"pkcs1.pem": {"rsa", "-traditional", "-in", "private.pem"}, "rsapub.pem": {"rsa", "-RSAPublicKey_out", "-in", "private.pem"},
			"rsapub.der": {"rsa", "-RSAPublicKey_out", "-outform", "DER", "-in", "private.pem"},
		}},
		"rsa1024": {"rsa", []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"}, nil},
		"p256":    {"ecdsa", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}, map[string][]string{"sec1.pem": {"ec", "-in", "private.pem"}}},
		"p384":    {"ecdsa", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"}, map[string][]string{"sec1.pem": {"ec", "-in", "private.pem"}}},
		"p521":    {"ecdsa", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"}, map[string][]string{"sec1.pem": {"ec", "-in", "private.pem"}}},
		"secp256k1": {"secp256k1", []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"}, map[string][]string{
			"sec1.pem": {"ec", "-in", "private.pem"}, "sec1.der": {"ec", "-outform", "DER", "-in", "private.pem"},
			"compressed.pem": {"ec", "-pubout", "-conv_form", "compressed", "-in", "private.pem"},
		}},
	}
	pss := []string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"}
	longest := []string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-2"}
	tests := []struct {
		algorithm    webhook.Algorithm
		family, hash string
		options      []string
	}{
		{webhook.RSASHA1, "rsa", "-sha1", nil},
		{webhook.RSASHA256, "rsa", "-sha256", nil},
		{webhook.RSASHA384, "rsa", "-sha384", nil},
		{webhook.RSASHA512, "rsa", "-sha512", nil},
		{webhook.RSASHA256, "rsa1024", "-sha256", nil},
		{webhook.RSAPSS256, "rsa", "-sha256", pss},
		{webhook.RSAPSS384, "rsa", "-sha384", pss},
		{webhook.RSAPSS512, "rsa", "-sha512", pss},
		{webhook.RSAPSS256, "rsa", "-sha256", longest},
		{webhook.ECDSASHA1, "p256", "-sha1", nil},
		{webhook.ECDSASHA256, "p256", "-sha256", nil},
		{webhook.ECDSASHA384, "p384", "-sha384", nil},
		{webhook.ECDSASHA512, "p521", "-sha512", nil},
		{webhook.ECDSASecp256k1SHA256, "secp256k1", "-sha256", nil},
	}
	made := map[string]openssl{}
	for name, f := range families {
		o := openssl{t, tool, t.TempDir()}
		o.run(append(f.generate, "-out", "private.pem")...)
		o.run("pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", "private.pem", "-out", "private.der")
		o.run("pkey", "-pubout", "-in", "private.pem", "-out", "public.pem")
		o.run("pkey", "-pubout", "-outform", "DER", "-in", "private.pem", "-out", "public.der")
		if f.step != "secp256k1" { // whose certificates package crypto/x509 cannot read
			o.run("req", "-new", "-x509", "-subj", "/CN=t", "-key", "private.pem", "-out", "certificate.pem")
			o.run("x509", "-in", "certificate.pem", "-outform", "DER", "-out", "certificate.der")
		}
		for file, args := range f.convert {
			o.run(append(args, "-out", file)...)
		}
		o.write("body", []byte("body"))
		made[name] = o
	}
	for _, tt := range tests {
		o := made[tt.family]
		t.Run(string(tt.algorithm)+" "+tt.family, func(t *testing.T) {
			o.t = t
			s := overBody(t, tt.algorithm, families[tt.family].step, "hex")
			theirs := hex.EncodeToString(o.run(append(append([]string{"dgst", tt.hash, "-sign", "private.pem"}, tt.options...), "body")...))
			files, err := os.ReadDir(o.dir)
			if err != nil {
				t.Fatal(err)
			}
			private, public := 0, 0
			for _, file := range files {
				name := file.Name()
				if ext := filepath.Ext(name); ext != ".pem" && ext != ".der" {
					continue
				}
				key := o.secret(name)
				if v := scheme.Verify(s, bearing("body", theirs), []webhook.Secret{key}, now); !v.Accepted() {
					t.Errorf("%s: Verify = %s %s, want accepted; %v", name, v.Reason, v.Detail, s.CheckSecret(key))
				}
				req := &webhook.Request{Body: []byte("body")}
				err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{key})
				if errors.Is(err, scheme.ErrCannotSign) {
					public++
					continue
				}
				if err != nil {
					t.Fatalf("%s: Sign = %v", name, err)
				}
				private++
				ours, err := hex.DecodeString(req.Header.Get("X-Sig"))
				if err != nil {
					t.Fatal(err)
				}
				o.write("signature", ours)
				options := tt.options
				if options != nil {
					options = pss
				}
				if out := o.run(append(append([]string{"dgst", tt.hash, "-verify", "public.pem", "-signature", "signature"}, options...), "body")...); !bytes.Contains(out, []byte("Verified OK")) {
					t.Errorf("%s: openssl says %s", name, out)
				}
			}
			if private < 2 || public < 2 {
				t.Errorf("tried %d forms of the private key and %d of the public one, want at least 2 of each", private, public)
			}
		})
	}
}

// nodeJudge signs and verifies with Node.js. It is given cases on standard input
// and answers with one line for each.
const nodeJudge = `
const crypto = require("crypto")
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"))
const out = cases.map(c => {
	const options = { dsaEncoding: c.fixed ? "ieee-p1363" : "der" }
	if (c.pss) options.padding = crypto.constants.RSA_PKCS1_PSS_PADDING
	const body = Buffer.from("body")
	if (c.signature) {
		const key = crypto.createPublicKey({ key: JSON.parse(c.key), format: "jwk", ...options })
		return { verified: crypto.verify(c.hash, body, { key, ...options }, Buffer.from(c.signature, "hex")) }
	}
	const key = crypto.createPrivateKey({ key: JSON.parse(c.key), format: "jwk" })
	return { signature: crypto.sign(c.hash, body, { key, ...options }).toString("hex"), spki: crypto.createPublicKey(key).export({ format: "pem", type: "spki" }) }
})
console.log(JSON.stringify(out))`

type nodeCase struct {
	Key       string  `json:"key"`
	Hash      *string `json:"hash"`
	Fixed     bool    `json:"fixed"`
	PSS       bool    `json:"pss"`
	Signature string  `json:"signature,omitempty"`
}

type nodeAnswer struct {
	Verified  bool   `json:"verified"`
	Signature string `json:"signature"`
	SPKI      string `json:"spki"`
}

func askNode(t *testing.T, cases []nodeCase) []nodeAnswer {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(judgesTool(t, "node"), "-e", nodeJudge)
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, complaint.String())
	}
	var answers []nodeAnswer
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(cases) {
		t.Fatalf("node gave %d answers of %d: %v", len(answers), len(cases), err)
	}
	return answers
}

// Node.js signs with a JWK (and PSS with the longest salt, as is its way) and what
// it signs verifies here; what is signed here it verifies.
func TestAgainstNode(t *testing.T) {
	var sign, verify []nodeCase
	for _, tt := range pairAlgorithms {
		if strings.HasPrefix(string(tt.algorithm), "rsa") {
			tt.key = rfcRSAWhole
		}
		c := nodeCase{Key: tt.key, Fixed: strings.HasSuffix(string(tt.algorithm), "-p1363"), PSS: strings.Contains(string(tt.algorithm), "pss")}
		if _, hash, ok := strings.Cut(string(tt.algorithm), "sha"); ok {
			hash, _, _ = strings.Cut("sha"+hash, "-")
			c.Hash = &hash
		}
		sign = append(sign, c)
		c.Key = publicPart(tt.key)
		c.Signature = signBy(t, overBody(t, tt.algorithm, tt.step, "hex"), secret(t, "k", tt.key), "body")
		verify = append(verify, c)
	}
	for i, answer := range askNode(t, append(sign, verify...)) {
		tt := pairAlgorithms[i%len(pairAlgorithms)]
		if i >= len(sign) {
			if !answer.Verified {
				t.Errorf("%s: node refuses what was signed here", tt.algorithm)
			}
			continue
		}
		s := overBody(t, tt.algorithm, tt.step, "hex")
		for form, key := range map[string]string{"JWK": publicPart(tt.key), "PEM": strings.TrimSpace(answer.SPKI)} {
			if v := scheme.Verify(s, bearing("body", answer.Signature), []webhook.Secret{secret(t, form, key)}, now); !v.Accepted() {
				t.Errorf("%s, key as %s: Verify = %s %s, want accepted", tt.algorithm, form, v.Reason, v.Detail)
			}
		}
	}
}

// rfcRSAWhole is rfcRSA with the members for the Chinese remainder theorem, which
// Node.js insists on.
var rfcRSAWhole = strings.TrimSuffix(rfcRSA, "}") + `,
	"dp":"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0",
	"dq":"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU",
	"qi":"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U"}`
