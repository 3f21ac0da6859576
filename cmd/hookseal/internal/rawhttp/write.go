package rawhttp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Append writes a request that [Parse] reads, with its fields in the order of
// their names and a Content-Length that is the body's.
func Append(dst []byte, req *webhook.Request) []byte {
	dst = fmt.Appendf(dst, "%s %s HTTP/1.1\r\nHost: %s\r\n", req.Method, req.Target, req.Host)
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		if name == "Content-Length" {
			continue
		}
		for _, value := range req.Header[name] {
			dst = fmt.Appendf(dst, "%s: %s\r\n", name, value)
		}
	}
	dst = fmt.Appendf(dst, "Content-Length: %d\r\n\r\n", len(req.Body))
	return append(dst, req.Body...)
}
