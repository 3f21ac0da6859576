// Package nfkd is the home of Unicode normalisation form KD (UAX #15), in which
// EasyPost reads the secret of a webhook.
package nfkd

import "golang.org/x/text/unicode/norm"

// Append appends text in normalisation form KD. Bytes that are no UTF-8 stay as
// they are.
func Append(dst, text []byte) []byte { return norm.NFKD.Append(dst, text...) }
