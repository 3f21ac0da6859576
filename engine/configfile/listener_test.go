package configfile_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/configfile"
)

// certificate is a self-signed one for 127.0.0.1, under a serial number.
type certificate struct {
	cert, key []byte
	parsed    *x509.Certificate
}

func newCertificate(t *testing.T, serial int64, ends time.Time) certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "hooks"},
		NotBefore: ends.Add(-365 * 24 * time.Hour), NotAfter: ends,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate{
		cert:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		parsed: parsed,
	}
}

func write(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const tlsFile = `
[tls]
cert = "tls.crt"
key  = "tls.key"

[source.s]
provider = "none"
`

// serveTLS answers with the protocol of the request, until the test ends.
func serveTLS(t *testing.T, running *configfile.Running) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Proto", r.Proto) })
	go func() {
		done <- engine.ServeTLS(ctx, ln, echo, running.Current().Server, running.TLS(), slog.New(slog.DiscardHandler))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// get returns the serial number of the server's certificate and the protocol.
func get(t *testing.T, address string, config *tls.Config) (serial int64, proto string, err error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + address)
	if err != nil {
		return 0, "", err
	}
	return resp.TLS.PeerCertificates[0].SerialNumber.Int64(), resp.Header.Get("Proto"), resp.Body.Close()
}

func openTLS(t *testing.T, dir, text string) *configfile.Running {
	t.Helper()
	path := filepath.Join(dir, "hookseal.toml")
	write(t, dir, map[string][]byte{"hookseal.toml": []byte(text)})
	running, err := configfile.Open(path, configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	return running
}

// A renewed certificate is shown to the next connection; a broken pair leaves the
// one before at work.
func TestCertificateReload(t *testing.T) {
	dir := t.TempDir()
	later := time.Now().Add(90 * 24 * time.Hour)
	first, second := newCertificate(t, 1, later), newCertificate(t, 2, later)
	write(t, dir, map[string][]byte{"tls.crt": first.cert, "tls.key": first.key})
	running := openTLS(t, dir, tlsFile)
	address := serveTLS(t, running)
	roots := x509.NewCertPool()
	roots.AddCert(first.parsed)
	roots.AddCert(second.parsed)
	shows := func(when string, want int64) {
		t.Helper()
		serial, proto, err := get(t, address, &tls.Config{RootCAs: roots})
		if err != nil || serial != want || proto != "HTTP/2.0" {
			t.Errorf("%s: certificate %d over %s, %v, want %d over HTTP/2.0", when, serial, proto, err, want)
		}
	}
	shows("at first", 1)
	if _, _, err := get(t, address, &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was taken, want at least 1.2")
	}

	write(t, dir, map[string][]byte{"tls.crt": second.cert})
	if _, err := configfile.Load(running.Current().Path, configfile.Options{}); err == nil || !strings.Contains(err.Error(), "tls.cert") {
		t.Errorf("Load of a certificate beside another's key = %v, want a fault at tls.cert", err)
	}
	shows("after half of a renewal", 1)

	write(t, dir, map[string][]byte{"tls.key": second.key})
	next, err := configfile.Load(running.Current().Path, configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Reload(next); err != nil {
		t.Fatal(err)
	}
	shows("after the renewal", 2)

	write(t, dir, map[string][]byte{"hookseal.toml": []byte("[source.s]\nprovider = \"none\"\n")})
	plain, err := configfile.Load(running.Current().Path, configfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Reload(plain); err == nil || !strings.Contains(err.Error(), "takes a restart") {
		t.Errorf("Reload without tls = %v, want that it takes a restart", err)
	}
}

// With client_ca nobody gets through without a certificate that it signed.
func TestClientCertificates(t *testing.T) {
	dir := t.TempDir()
	later := time.Now().Add(90 * 24 * time.Hour)
	server, client, stranger := newCertificate(t, 1, later), newCertificate(t, 2, later), newCertificate(t, 3, later)
	write(t, dir, map[string][]byte{"tls.crt": server.cert, "tls.key": server.key, "ca.pem": client.cert})
	address := serveTLS(t, openTLS(t, dir, strings.Replace(tlsFile, "[source", "client_ca = \"ca.pem\"\n\n[source", 1)))
	roots := x509.NewCertPool()
	roots.AddCert(server.parsed)
	for _, test := range []struct {
		name string
		show *certificate
		want bool
	}{{"none", nil, false}, {"a stranger's", &stranger, false}, {"one that is signed", &client, true}} {
		config := &tls.Config{RootCAs: roots}
		if test.show != nil {
			pair, err := tls.X509KeyPair(test.show.cert, test.show.key)
			if err != nil {
				t.Fatal(err)
			}
			config.Certificates = []tls.Certificate{pair}
		}
		if _, _, err := get(t, address, config); (err == nil) != test.want {
			t.Errorf("%s: %v, want that it passes: %v", test.name, err, test.want)
		}
	}
}

func TestCertificateFaults(t *testing.T) {
	dir := t.TempDir()
	ended := newCertificate(t, 1, time.Now().Add(-time.Hour))
	write(t, dir, map[string][]byte{"tls.crt": ended.cert, "tls.key": ended.key, "empty.pem": nil})
	for _, test := range []struct{ name, tls, want string }{
		{"no key", `cert = "tls.crt"`, "needs both cert and key"},
		{"no file", "cert = \"tls.crt\"\nkey = \"none.key\"", "none.key"},
		{"swapped", "cert = \"tls.key\"\nkey = \"tls.crt\"", "tls.cert"},
		{"no certificate", "cert = \"tls.crt\"\nkey = \"tls.key\"\nclient_ca = \"empty.pem\"", "holds no certificate"},
	} {
		path := filepath.Join(dir, "hookseal.toml")
		write(t, dir, map[string][]byte{"hookseal.toml": []byte("[tls]\n" + test.tls + "\n[source.s]\nprovider = \"none\"\n")})
		_, err := configfile.Load(path, configfile.Options{})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "PRIVATE KEY") {
			t.Errorf("%s: the fault shows the key: %v", test.name, err)
		}
	}
	write(t, dir, map[string][]byte{"hookseal.toml": []byte(tlsFile)})
	c, err := configfile.Load(filepath.Join(dir, "hookseal.toml"), configfile.Options{})
	if err != nil || !strings.Contains(strings.Join(c.Warnings, "\n"), "the certificate of tls.cert ended") {
		t.Errorf("Load = %v, %v, want a warning of the certificate's end", c, err)
	}
}
