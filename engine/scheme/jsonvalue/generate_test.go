package jsonvalue_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// generator makes JSON texts that meet what is hard about JSON: numbers of every
// shape, names that collide or are array indexes, escapes, surrogates, bytes that
// are not UTF-8, white space; and texts that are nearly JSON.
type generator struct {
	*rand.Rand
	out []byte
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
}

// text makes one text, a broken one in a quarter of the cases.
func (g *generator) text() []byte {
	g.out = nil
	g.value(g.IntN(5))
	if g.IntN(4) == 0 {
		g.damage()
	}
	return g.out
}

func (g *generator) add(parts ...string) {
	for _, part := range parts {
		g.out = append(g.out, part...)
	}
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) value(depth int) {
	g.space()
	switch kind := g.IntN(10); {
	case depth > 0 && kind < 4:
		g.object(depth)
	case depth > 0 && kind < 6:
		g.array(depth)
	case kind < 7:
		g.quoted(g.string)
	case kind < 9:
		g.add(g.number())
	default:
		g.add(pick(g, "true", "false", "null"))
	}
	g.space()
}

func (g *generator) space() {
	if g.IntN(8) == 0 {
		g.add(pick(g, " ", "\n", "\t", "\r", "\r\n  "))
	}
}

func (g *generator) object(depth int) {
	g.add("{")
	for i := range g.size() {
		if i > 0 {
			g.add(",")
		}
		g.space()
		g.quoted(g.name)
		g.space()
		g.add(":")
		g.value(depth - 1)
	}
	g.add("}")
}

func (g *generator) array(depth int) {
	g.add("[")
	for i := range g.size() {
		if i > 0 {
			g.add(",")
		}
		g.value(depth - 1)
	}
	g.add("]")
}

// size is that of an array or object: small, but for a few.
func (g *generator) size() int {
	if g.IntN(50) == 0 {
		return g.IntN(40)
	}
	return g.IntN(5)
}

func (g *generator) quoted(inside func()) {
	g.add(`"`)
	inside()
	g.add(`"`)
}

// name makes the inside of a member's name.
func (g *generator) name() {
	switch g.IntN(6) {
	case 0:
		g.add(strconv.Itoa(g.IntN(12)))
	case 1:
		g.add(strconv.FormatUint(math.MaxUint32-2+g.Uint64N(5), 10))
	case 2:
		g.add(pick(g, "", "01", "-0", "-1", "1.5", "1e1", "00", " 1", `\u0031`, `\u00310`, "9007199254740991",
			"18446744073709551616", "4294967294", "4294967295", "9999999999", "10000000000"))
	case 3:
		g.add(pick(g, "__proto__", "constructor", "toJSON", "length", `\u005f_proto__`, "hasOwnProperty"))
	case 4:
		g.add(pick(g, "a", "b", "c", `\u0061`, `\u0062`, "é", `\u00e9`, `\u00E9`, `\ud83d\ude00`, "😀", `\ud83d`, "\xff", "�"))
	default:
		g.string()
	}
}

// string makes the inside of a string.
func (g *generator) string() {
	for range g.IntN(6) {
		switch g.IntN(9) {
		case 0, 1:
			g.add("plain text that is longer than one word of eight bytes"[:g.IntN(54)])
		case 2:
			g.add(pick(g, `\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`))
		case 3:
			fmt.Fprintf(g, `\u%04x`, g.IntN(0x10000))
		case 4:
			fmt.Fprintf(g, `\u%04X`, g.IntN(0x100))
		case 5:
			fmt.Fprintf(g, `\u%04x`, 0xd800+g.IntN(0x800))
		case 6:
			g.add(string(rune(g.IntN(0x110000)))) // U+FFFD for a surrogate
		case 7:
			g.add(pick(g, "é", "漢", "😀", "\u2028", "\u2029", "\ufeff", "\u007f", "\u0080", "\uffff", "'", "<", "&"))
		default:
			g.notUTF8()
		}
	}
}

// notUTF8 adds bytes that look like UTF-8 and rarely are.
func (g *generator) notUTF8() {
	leads := []byte{0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff}
	g.out = append(g.out, pick(g, leads...))
	for range g.IntN(4) {
		g.out = append(g.out, pick[byte](g, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0))
	}
}

// Write lets package fmt add to the text.
func (g *generator) Write(p []byte) (int, error) {
	g.out = append(g.out, p...)
	return len(p), nil
}

func (g *generator) number() string {
	sign := pick(g, "", "", "-")
	switch g.IntN(9) {
	case 0:
		return sign + strconv.Itoa(g.IntN(200))
	case 1:
		return sign + strconv.FormatUint(g.Uint64()>>g.IntN(64), 10)
	case 2:
		f := math.Float64frombits(g.Uint64() &^ (1 << 63))
		if math.IsInf(f, 0) || math.IsNaN(f) {
			return "1e999"
		}
		return sign + strconv.FormatFloat(f, pick[byte](g, 'e', 'E', 'f'), pick(g, -1, -1, 0, 3, 17, 25), 64)
	case 3:
		return sign + strconv.FormatFloat(g.Float64()*math.Pow10(g.IntN(40)-15), 'f', g.IntN(20), 64)
	case 4: // a price
		return sign + strconv.Itoa(g.IntN(100000)) + "." + g.digits(1+g.IntN(3))
	case 5: // around the bounds of the plain form
		return sign + pick(g, "0.00000", "0.000000", "0.0000001", "100000000000000000000", "1000000000000000000000") + g.digits(g.IntN(4))
	case 6: // half way between two doubles, or nearly
		n := uint64(1)<<53 + 2*g.Uint64N(1<<40) + 1
		return sign + strconv.FormatUint(n, 10) + pick(g, "", ".0", ".00000000000000000001", "e0", "e-0", "0e-1")
	case 7:
		return sign + strconv.Itoa(g.IntN(20)) + pick(g, "e", "E", "e+", "E-", "e-0") + g.digits(1+g.IntN(4))
	default:
		digits := strings.TrimLeft(g.digits(1+g.IntN(60)), "0") + "0"
		if digits[0] == '0' {
			digits = "0"
		}
		return sign + digits + "." + g.digits(1+g.IntN(40)) + pick(g, "", "e10", "e-330", "E+290", "e-17")
	}
}

func (g *generator) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0000123456789999"[g.IntN(16)]
	}
	return string(b)
}

// damage breaks the text in some way, which may leave it JSON.
func (g *generator) damage() {
	at := g.IntN(len(g.out) + 1)
	head, tail := string(g.out[:at]), string(g.out[at:])
	switch g.IntN(5) {
	case 0:
		tail = ""
	case 1:
		tail = tail[min(1, len(tail)):]
	case 2:
		head += pick(g, "\ufeff", "\u00a0", "\x00", "\x0b", "\x1f", "\x7f", "\xff", "\n", "NaN", "//", "'", "+", "0", "-", ".", "e")
	case 3:
		head += pick(g, ",", ":", "[", "]", "{", "}", `"`, `\`, `\u`, `\ud83d`, "1", " ")
	default:
		tail = string([]byte{byte(g.IntN(256))}) + tail[min(1, len(tail)):]
	}
	g.out = []byte(head + tail)
}
