package weburl

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseHost reads the host of a URL.
func parseHost(text string, special bool) (string, bool) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		addr, err := netip.ParseAddr(inner)
		if !ok || err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", false
		}
		return "[" + sixText(addr) + "]", true
	}
	if !special {
		return escape(text, ""), !strings.ContainsAny(text, "\x00\t\n\r #/:<>?@[\\]^|")
	}
	name := strings.ToLower(unescape(text))
	if name == "" || !utf8.ValidString(name) {
		return "", false
	}
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("#%/:<>?@[\\]^|", c) >= 0 {
			return "", false
		}
	}
	return numbered(name)
}

// sixText writes an address of version 6; one that holds a version 4 address is
// no exception.
func sixText(addr netip.Addr) string {
	if !addr.Is4In6() {
		return addr.String()
	}
	raw := addr.As16()
	return fmt.Sprintf("::ffff:%x:%x", uint16(raw[12])<<8|uint16(raw[13]), uint16(raw[14])<<8|uint16(raw[15]))
}

// numbered turns a host whose last label is a number into an address of version
// 4, which it then has to be.
func numbered(name string) (string, bool) {
	labels := strings.Split(name, ".")
	if len(labels) > 1 && labels[len(labels)-1] == "" {
		labels = labels[:len(labels)-1]
	}
	last := labels[len(labels)-1]
	if _, ok := number(last); !ok && strings.Trim(last, "0123456789") != "" || last == "" {
		return name, true
	}
	if len(labels) > 4 {
		return "", false
	}
	address := uint64(0)
	for i, label := range labels {
		n, ok := number(label)
		bits := 8
		if i == len(labels)-1 {
			bits = 8 * (5 - len(labels))
		}
		if !ok || n >= 1<<bits {
			return "", false
		}
		address = address<<bits | n
	}
	return netip.AddrFrom4([4]byte{byte(address >> 24), byte(address >> 16), byte(address >> 8), byte(address)}).String(), true
}

// number reads a label that is decimal, 0x hexadecimal or 0 octal.
func number(label string) (uint64, bool) {
	if label == "" {
		return 0, false
	}
	base := 10
	if rest, ok := strings.CutPrefix(label, "0x"); ok {
		label, base = rest, 16
	} else if len(label) > 1 && label[0] == '0' {
		label, base = label[1:], 8
	}
	if label == "" {
		return 0, true
	}
	if label[0] == '+' || label[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(label, base, 64)
	return n, err == nil
}
