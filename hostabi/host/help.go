package host

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func helpFunctions() map[string]function {
	return map[string]function{
		hostabi.FuncDigest: {params: "iiiiii", run: digest},
		hostabi.FuncLog:    {params: "iii", silent: true, run: log},
		hostabi.FuncFail:   {params: "ii", silent: true, run: fail},
	}
}

// digest(algorithm, len, in, len, out, cap) writes the raw digest of in.
func digest(a args) hostabi.Result {
	in := a.bytes(2)
	a.call.meter.charge(int64(len(in)) * costDigestByte)
	switch algorithm := webhook.Algorithm(a.text(0)); algorithm {
	case webhook.MD5:
		sum := md5.Sum(in)
		return a.answer(4, string(sum[:]))
	case webhook.SHA1:
		sum := sha1.Sum(in)
		return a.answer(4, string(sum[:]))
	case webhook.SHA256:
		sum := sha256.Sum256(in)
		return a.answer(4, string(sum[:]))
	case webhook.SHA384:
		sum := sha512.Sum384(in)
		return a.answer(4, string(sum[:]))
	case webhook.SHA512:
		sum := sha512.Sum512(in)
		return a.answer(4, string(sum[:]))
	default:
		a.call.misuse("%s: unknown algorithm %q; algorithms are md5, sha1, sha256, sha384, sha512", a.name, clip(string(algorithm)))
		return 0
	}
}

// log(level, text, len)
func log(a args) hostabi.Result {
	a.call.console.line(a.call, hostabi.Level(a.i32(0)), a.bytes(1))
	return 0
}

// fail(text, len) ends the call with the guest's own message.
func fail(a args) hostabi.Result {
	a.call.abort(webhook.GuestThrow, "%s", clip(a.text(0)))
	return 0
}
