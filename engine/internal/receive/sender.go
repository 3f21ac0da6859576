package receive

import (
	"fmt"
	"net/http"
	"net/netip"

	"github.com/hookseal/hookseal/engine/webhook"
)

// sender returns the address that a request was sent from: that of its
// connection or, where that is a trusted proxy's, the last one that no trusted
// proxy has, as the proxies tell. It is the zero Addr where what they tell is no
// address, or where Forwarded and X-Forwarded-For differ: one of the two then
// came from the sender.
func (o *Origin) sender(r *http.Request, trusted bool) netip.Addr {
	peer, _ := parseAddr(r.RemoteAddr)
	if !trusted {
		return peer
	}
	standard, hasStandard := o.outermost(forwardedFor(r.Header["Forwarded"]))
	usual, hasUsual := o.outermost(list(r.Header["X-Forwarded-For"]))
	switch {
	case hasStandard && hasUsual && standard != usual:
		return netip.Addr{}
	case hasStandard:
		return standard
	case hasUsual:
		return usual
	}
	return peer
}

// outermost walks from the last peer, which the nearest proxy has named, towards
// the sender for as long as they are trusted. It is false where the nearest proxy
// names none.
func (o *Origin) outermost(peers []string) (netip.Addr, bool) {
	if len(peers) == 0 || peers[len(peers)-1] == "" {
		return netip.Addr{}, false
	}
	at := len(peers) - 1
	for at > 0 && o.trusts(peers[at]) {
		at--
	}
	addr, ok := parseAddr(peers[at])
	if !ok {
		return netip.Addr{}, true
	}
	return addr, true
}

// forwardedFor returns the peer of each element of Forwarded (RFC 7239), empty
// for one that names none.
func forwardedFor(fields []string) []string {
	elements := list(fields)
	for i, element := range elements {
		elements[i], _ = readElement(element)
	}
	return elements
}

// judgeAddress rejects a request from outside the networks that the source takes
// requests from.
func (s *Source) judgeAddress(from netip.Addr) webhook.Verdict {
	if s.AllowFrom == nil {
		return webhook.Verdict{}
	}
	for _, network := range s.AllowFrom {
		if network.Contains(from) {
			return webhook.Verdict{}
		}
	}
	if !from.IsValid() {
		return webhook.Rejected(webhook.AddressNotAllowed, "the address of the sender is not known")
	}
	return webhook.Rejected(webhook.AddressNotAllowed, fmt.Sprintf("%s is in no network of allow_from", from))
}
