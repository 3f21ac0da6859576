package jsonvalue

import (
	"math"
	"strconv"
)

// AppendNumber appends f as Number::toString of ECMAScript writes it: the
// shortest digits that give f back, an exponent from 1e+21 up and below 1e-6,
// "0" for either zero, and "NaN", "Infinity" and "-Infinity", which no JSON text
// may hold.
func AppendNumber(dst []byte, f float64) []byte {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == 0:
		return append(dst, '0')
	case size >= 1e-6 && size < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	// Package strconv writes at least two digits of exponent.
	if n := len(dst); dst[n-2] == '0' && !isDigit(dst[n-3]) {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// appendStringifiedNumber appends what JSON.stringify makes of a number that
// stands in a JSON text as raw: null where it is beyond the finite numbers.
func appendStringifiedNumber(dst, raw []byte) []byte {
	if isShortest(raw) {
		return append(dst, raw...)
	}
	f := parseNumber(raw)
	if math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return AppendNumber(dst, f)
}

// isShortest reports whether a number is certainly written as AppendNumber
// would: at most 15 digits, of which a double keeps every one (so no two such
// numbers are one double, and none has a shorter form), no zero at the end of a
// fraction, no exponent and none called for, and not "-0".
func isShortest(raw []byte) bool {
	digits := raw
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) > 16 {
		return false
	}
	point := -1
	for i, c := range digits {
		if c == '.' {
			point = i
		} else if !isDigit(c) {
			return false
		}
	}
	if point < 0 {
		return len(digits) <= 15 && (digits[0] != '0' || len(digits) == len(raw))
	}
	if digits[len(digits)-1] == '0' {
		return false
	}
	for i, c := range digits {
		if c != '0' && c != '.' {
			return i <= len("0.00000") // 0.000001 is the last without exponent
		}
	}
	return false
}

// maxDigits is more than the significant digits that decide which double a
// number is: half way between two doubles it has at most 767, and one more
// digit, not zero, tells a longer number from it.
const maxDigits = 770

// parseNumber returns the double nearest to a number of a JSON text, infinite
// where that is too large.
func parseNumber(raw []byte) float64 {
	if len(raw) > maxDigits {
		raw = abridge(raw)
	}
	// The only error that the grammar of JSON leaves is ErrRange, and then f is
	// infinite.
	f, _ := strconv.ParseFloat(string(raw), 64)
	return f
}

// abridge writes a long number with at most maxDigits+1 digits, as ddd…e±x.
// Package strconv needs that twice: it stops counting an exponent at five digits,
// which the zeros of a long number can balance (0.000…0001e100000), and it loses
// the magnitude of a number with more than 800 digits before the point.
func abridge(raw []byte) []byte {
	short := make([]byte, 0, maxDigits+32)
	if raw[0] == '-' {
		short = append(short, '-')
		raw = raw[1:]
	}
	var exponent int64
	significant, fraction, rest := 0, false, false
	for len(raw) > 0 && raw[0]|0x20 != 'e' {
		c := raw[0]
		raw = raw[1:]
		switch {
		case c == '.':
			fraction = true
			continue
		case c == '0' && significant == 0: // a leading zero
		case significant < maxDigits:
			short = append(short, c)
			significant++
		default:
			rest = rest || c != '0'
			exponent++
		}
		if fraction {
			exponent--
		}
	}
	if significant == 0 {
		return append(short, '0')
	}
	if rest {
		short = append(short, '1')
		exponent--
	}
	if len(raw) > 0 {
		exponent += exponentOf(raw[1:])
	}
	return strconv.AppendInt(append(short, 'e'), exponent, 10)
}

// exponentOf reads an exponent, at most 1<<56 to either side: far more than the
// bytes of any text can balance.
func exponentOf(b []byte) int64 {
	negative := b[0] == '-'
	if negative || b[0] == '+' {
		b = b[1:]
	}
	var e int64
	for _, c := range b {
		e = min(e*10+int64(c-'0'), 1<<56)
	}
	if negative {
		return -e
	}
	return e
}
