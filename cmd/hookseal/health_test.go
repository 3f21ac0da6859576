package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A server whose certificate has ended still takes events of senders that do not
// mind: it is asked, and not restarted for ever. One that shows another certificate
// is not it, even if that is signed by the one of the configuration.
func TestHealthTrustsTheVeryCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(serial int64, ends time.Time, by *x509.Certificate) *x509.Certificate {
		t.Helper()
		about := &x509.Certificate{
			SerialNumber: big.NewInt(serial), NotBefore: ends.Add(-time.Hour), NotAfter: ends,
			IsCA: by == nil, BasicConstraintsValid: true,
		}
		if by == nil {
			by = about
		}
		der, err := x509.CreateCertificate(rand.Reader, about, by, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	now := time.Now()
	ended, valid := sign(1, now.Add(-time.Minute), nil), sign(2, now.Add(time.Minute), nil)
	for name, c := range map[string]struct {
		given, shown *x509.Certificate
		want         bool
	}{
		"the same":            {valid, valid, true},
		"the same, ended":     {ended, ended, true},
		"another":             {valid, ended, false},
		"another, but signed": {valid, sign(3, now.Add(time.Minute), valid), false},
	} {
		path := filepath.Join(t.TempDir(), "tls.crt")
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.given.Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{c.shown.Raw}, PrivateKey: key}}}
		server.StartTLS()
		config, err := trusting(path)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), config)
		if (err == nil) != c.want {
			t.Errorf("%s: Dial = %v, want success %v", name, err, c.want)
		}
		if err == nil {
			_ = conn.Close()
		}
		server.Close()
	}
}
