package scheme

import "bytes"

// maxSignatureDER is the longest signature in DER: a SEQUENCE of two INTEGERs of
// 66 bytes.
const maxSignatureDER = 3 + 2*(2+1+66)

// appendSignatureDER appends the DER of the numbers r and s, each of 1 to 67 bytes.
func appendSignatureDER(dst, r, s []byte) []byte {
	r, s = trimZeros(r), trimZeros(s)
	length := integerSize(r) + integerSize(s)
	dst = append(dst, 0x30)
	if length >= 0x80 {
		dst = append(dst, 0x81)
	}
	dst = append(dst, byte(length))
	return appendInteger(appendInteger(dst, r), s)
}

// trimZeros leaves one byte of zero.
func trimZeros(n []byte) []byte {
	for len(n) > 1 && n[0] == 0 {
		n = n[1:]
	}
	return n
}

// integerSize returns the length of a number as INTEGER with its tag and length;
// one that begins with a set bit takes a zero before it, so as not to be negative.
func integerSize(n []byte) int { return 2 + len(n) + int(n[0]>>7) }

func appendInteger(dst, n []byte) []byte {
	dst = append(dst, 0x02, byte(integerSize(n)-2))
	if n[0]>>7 == 1 {
		dst = append(dst, 0)
	}
	return append(dst, n...)
}

// isSignatureDER reports whether sig is two numbers in DER, written in the one way
// that there is: it takes them apart as they stand, and writes them anew.
func isSignatureDER(sig []byte) bool {
	header := 2
	if len(sig) > 1 && sig[1] == 0x81 {
		header = 3
	}
	if len(sig) < header {
		return false
	}
	r, rest, ok := cutInteger(sig[header:])
	if !ok {
		return false
	}
	s, rest, ok := cutInteger(rest)
	if !ok || len(rest) > 0 {
		return false
	}
	var space [maxSignatureDER]byte
	return bytes.Equal(sig, appendSignatureDER(space[:0], r, s))
}

// cutInteger takes an INTEGER of 1 to 67 bytes off the start.
func cutInteger(der []byte) (n, rest []byte, ok bool) {
	if len(der) < 3 || der[0] != 0x02 || der[1] == 0 || der[1] > 67 || len(der) < 2+int(der[1]) {
		return nil, nil, false
	}
	end := 2 + int(der[1])
	return der[2:end], der[end:], true
}
