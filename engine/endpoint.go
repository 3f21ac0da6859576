package engine

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/netguard"
)

func (s *snapshot) openEndpoint(name string, c Endpoint) (dispatch.Endpoint, error) {
	f := &partFaults{part: "endpoint", name: name}
	if !validName.MatchString(name) {
		f.note("", "the name must match %s", validName)
	}
	target, err := checkURL(c.URL, c.AllowHTTP)
	f.add("url", err)
	if err == nil && s.config.Transport == nil {
		f.add("url", s.checkAddress(target.Hostname()))
	}
	signed := s.openSigning(f, c, target)
	c.checkPolicy(f)
	if err := f.err(); err != nil {
		return dispatch.Endpoint{}, err
	}
	d := dispatch.Endpoint{
		URL: target, Policy: s.policyOf(c, signed.role), Timeout: c.Timeout, Concurrency: c.Concurrency,
		Header: staticHeader(c), Sign: signed.sign, Redact: newEchoes(c).redact, Rate: c.Rate, Breaker: c.Breaker.dispatched(),
	}
	if d.Timeout == 0 && c.As != "" {
		d.Timeout = time.Duration(signed.role.Provider.Sender.Timeout)
	}
	return d, nil
}

func checkURL(text string, allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("must be an http or https URL with a host")
	}
	if u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()) {
		return nil, errors.New("is http, which anybody on the way can read and change; use https, or say allow_http = true")
	}
	return u, nil
}

// checkAddress refuses at once an address that every attempt would refuse.
func (s *snapshot) checkAddress(host string) error {
	addr, err := netip.ParseAddr(host)
	if strings.EqualFold(host, "localhost") {
		addr, err = netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	if err != nil {
		return nil
	}
	return (&netguard.Guard{Allow: s.config.AllowNetworks, AllowHosts: s.config.AllowHosts}).CheckHost(host, addr)
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || strings.EqualFold(host, "localhost")
}
