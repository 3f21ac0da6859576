// Package rawhttp reads and writes one HTTP/1 request as text in a file: request
// line, header lines, a blank line, and the body, which is all bytes after it.
//
// It is strict where a signature depends on the bytes, and lenient where editors
// are not to blame: lines of the head may end in LF alone. Nothing is decoded or
// repaired but the chunked transfer coding.
package rawhttp
