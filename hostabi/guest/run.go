//go:build wasip1

package guest

import "github.com/hookseal/hookseal/hostabi"

// RunClaim calls rule with the request and an empty claim, for a module that
// exports claim. What it returns is what the export returns.
//
// The rule says which message was signed, by what algorithm, and where the
// signature stands; the host computes and compares. An error fails the call: the
// request is then neither accepted nor rejected, so it is for a rule that cannot
// go on, and not for a request that looks wrong.
func RunClaim(rule func(r Request, c *Claim) error) int32 {
	return run(func() error { return rule(Request{}, &Claim{}) })
}

// RunTransform calls forward with the event, for a module that exports
// transform. What it returns is what the export returns.
//
// An event that forward emits nothing for is dropped. An error fails the
// delivery, with its text.
func RunTransform(forward func(ev Event) error) int32 {
	return run(func() error { return forward(Event{}) })
}

func run(hook func() error) int32 {
	if err := hook(); err != nil {
		hostFail(of(err.Error()))
	}
	return 0
}

// Level is the level of a log line.
type Level = hostabi.Level

// The levels, by rising weight.
const (
	Debug = hostabi.Debug
	Info  = hostabi.Info
	Warn  = hostabi.Warn
	Error = hostabi.Error
)

// Log writes one line to the log of the call. The host keeps a bounded number of
// lines, and of each the first kilobyte.
func Log(level Level, line string) {
	text, size := of(line)
	hostLog(int32(level), text, size)
}

// Sum returns the digest of data by md5, sha1, sha256, sha384 or sha512. The host
// computes it, many times faster than the guest would.
func Sum(algorithm string, data []byte) []byte {
	const largest = 64
	sum := make([]byte, largest)
	name, nameSize := of(algorithm)
	in, inSize := ofBytes(data)
	out, outSize := ofBytes(sum)
	return sum[:hostDigest(name, nameSize, in, inSize, out, outSize)]
}
