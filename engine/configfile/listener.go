package configfile

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"time"
)

// tlsTable has the certificate that the server shows; without it the server
// speaks plain HTTP.
type tlsTable struct {
	Cert     string `toml:"cert"`
	Key      string `toml:"key"`
	ClientCA string `toml:"client_ca"`
}

// expiresSoon is how long before its end a certificate is warned of.
const expiresSoon = 14 * 24 * time.Hour

// tls reads the certificate, its key and who signs the clients'. They are
// followed like the other files.
func (l *loader) tls() {
	t := l.file.TLS
	if t == (tlsTable{}) {
		return
	}
	if t.Cert == "" || t.Key == "" {
		l.note("tls", "needs both cert and key, the paths of PEM files")
		return
	}
	cert, key := within(l.dir, t.Cert), within(l.dir, t.Key)
	l.footprint.file(cert)
	l.footprint.file(key)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		l.note("tls.cert", "%s", err)
		return
	}
	l.warnOfEnd(pair.Leaf)
	l.config.TLS = &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}
	if t.ClientCA != "" {
		l.config.TLS.ClientAuth = tls.RequireAndVerifyClientCert
		l.config.TLS.ClientCAs = l.clientCA(within(l.dir, t.ClientCA))
	}
}

func (l *loader) warnOfEnd(leaf *x509.Certificate) {
	switch left := time.Until(leaf.NotAfter); {
	case left <= 0:
		l.warn("the certificate of tls.cert ended at %s: senders will refuse it", leaf.NotAfter.Format(time.RFC3339))
	case left < expiresSoon:
		l.warn("the certificate of tls.cert ends at %s", leaf.NotAfter.Format(time.RFC3339))
	}
}

// clientCA reads the certificates that may sign those of clients.
func (l *loader) clientCA(path string) *x509.CertPool {
	l.footprint.file(path)
	pem, err := os.ReadFile(path)
	if err != nil {
		l.note("tls.client_ca", "%s", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		l.note("tls.client_ca", "%s holds no certificate in PEM", path)
	}
	return pool
}

// TLS returns what a server is to listen with, nil where it is to speak plain
// HTTP. Each connection gets the certificate of the version that is then live.
func (r *Running) TLS() *tls.Config {
	if r.Current().TLS == nil {
		return nil
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return r.Current().TLS, nil },
	}
}

// keepsTLS reports a switch between plain HTTP and TLS.
func (c *Config) keepsTLS(next *Config) error {
	if (c.TLS == nil) == (next.TLS == nil) {
		return nil
	}
	return next.Fault("tls", "is another way to listen than before: "+takesRestart)
}
