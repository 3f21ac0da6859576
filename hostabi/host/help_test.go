package host_test

import (
	"encoding/hex"
	"strings"
	"testing"
)

// The digests of "abc" are those of RFC 1321, appendix A.5, and of the examples
// that NIST gives for FIPS 180-4.
func TestDigest(t *testing.T) {
	g := load(t, bad(t, "helpers"))
	for algorithm, want := range map[string]string{
		"md5":    "900150983cd24fb0d6963f7d28e17f72",
		"sha1":   "a9993e364706816aba3e25717850c26c9cd0d89d",
		"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		"sha384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
		"sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	} {
		out, err := g.Transform(t.Context(), event("abc"), setting(algorithm))
		if err != nil || hex.EncodeToString(out[0].Body) != want {
			t.Errorf("%s = %v, %v, want %s", algorithm, out, err, want)
		}
	}
}

func TestLongLines(t *testing.T) {
	g := load(t, bad(t, "helpers"))
	var got []string
	tc := setting("md5")
	tc.Log = func(level, line string) { got = append(got, level+" "+line) }
	for _, body := range []string{strings.Repeat("x", 2000), "\xff"} {
		if _, err := g.Transform(t.Context(), event(body), tc); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"warn " + strings.Repeat("x", 1024) + "…", "warn \uFFFD"}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("log = %.80q, want %.80q", got, want)
	}
}
