//go:build wasip1

package guest

import "unsafe"

// The functions of hostabi_v1, as SPEC.md lists them.

//go:wasmimport hostabi_v1 read
func hostRead(field int32, name *byte, nameLen uint32, index int32, buf *byte, size uint32) int32

//go:wasmimport hostabi_v1 name
func hostName(field int32, index int32, buf *byte, size uint32) int32

//go:wasmimport hostabi_v1 body_len
func hostBodyLen() int32

//go:wasmimport hostabi_v1 body_read
func hostBodyRead(offset uint32, buf *byte, size uint32) int32

//go:wasmimport hostabi_v1 value
func hostValue(field int32, name *byte, nameLen uint32, index int32) int32

//go:wasmimport hostabi_v1 value_text
func hostValueText(text *byte, size uint32) int32

//go:wasmimport hostabi_v1 value_strip
func hostValueStrip(value int32, prefix *byte, size uint32) int32

//go:wasmimport hostabi_v1 value_split
func hostValueSplit(value int32, separator *byte, size uint32, n int32) int32

//go:wasmimport hostabi_v1 value_member
func hostValueMember(value int32, separator *byte, size uint32, key *byte, keySize uint32, n int32) int32

//go:wasmimport hostabi_v1 value_jws
func hostValueJWS(value int32, algorithm *byte, size uint32, name *byte, nameSize uint32) int32

//go:wasmimport hostabi_v1 value_or
func hostValueOr(value, other int32) int32

//go:wasmimport hostabi_v1 value_fault
func hostValueFault(value int32, buf *byte, size uint32) int32

//go:wasmimport hostabi_v1 value_read
func hostValueRead(value int32, buf *byte, size uint32) int32

//go:wasmimport hostabi_v1 alternative
func hostAlternative(name *byte, size uint32)

//go:wasmimport hostabi_v1 check
func hostCheck(algorithm *byte, size uint32)

//go:wasmimport hostabi_v1 key
func hostKey(origin int32, prepare *byte, size uint32)

//go:wasmimport hostabi_v1 key_id
func hostKeyID(value int32)

//go:wasmimport hostabi_v1 key_url
func hostKeyURL(url *byte, size uint32, certificate int32)

//go:wasmimport hostabi_v1 part_literal
func hostPartLiteral(text *byte, size uint32)

//go:wasmimport hostabi_v1 part_value
func hostPartValue(value int32)

//go:wasmimport hostabi_v1 part_body
func hostPartBody()

//go:wasmimport hostabi_v1 part_ecmascript_body
func hostPartECMAScriptBody()

//go:wasmimport hostabi_v1 part_canonical_body
func hostPartCanonicalBody()

//go:wasmimport hostabi_v1 part_secret
func hostPartSecret()

//go:wasmimport hostabi_v1 part_digest
func hostPartDigest(algorithm *byte, size uint32, encoding int32)

//go:wasmimport hostabi_v1 part_end
func hostPartEnd()

//go:wasmimport hostabi_v1 signature
func hostSignature(value int32, encodings int32)

//go:wasmimport hostabi_v1 condition_equals
func hostConditionEquals(left, right, optional int32)

//go:wasmimport hostabi_v1 condition_in
func hostConditionIn(left, optional int32)

//go:wasmimport hostabi_v1 condition_member
func hostConditionMember(text *byte, size uint32)

//go:wasmimport hostabi_v1 condition_digest
func hostConditionDigest(left int32, algorithm *byte, size uint32, encoding, optional int32)

//go:wasmimport hostabi_v1 condition_time
func hostConditionTime(bound, left, unit int32, leeway int64, optional int32)

//go:wasmimport hostabi_v1 time
func hostTime(value int32)

//go:wasmimport hostabi_v1 time_unit
func hostTimeUnit(unit int32)

//go:wasmimport hostabi_v1 time_bound
func hostTimeBound(past int64, future int64)

//go:wasmimport hostabi_v1 time_tolerance
func hostTimeTolerance(text *byte, size uint32)

//go:wasmimport hostabi_v1 id
func hostID(value int32)

//go:wasmimport hostabi_v1 type
func hostType(value int32)

//go:wasmimport hostabi_v1 challenge
func hostChallenge(status int32, contentType *byte, contentTypeSize uint32, body *byte, bodySize uint32, unsigned int32)

//go:wasmimport hostabi_v1 refuse
func hostRefuse(reason *byte, size uint32)

//go:wasmimport hostabi_v1 emit
func hostEmit(kind *byte, kindSize uint32, contentType *byte, contentTypeSize uint32, body *byte, bodySize uint32)

//go:wasmimport hostabi_v1 forward
func hostForward(kind *byte, size uint32)

//go:wasmimport hostabi_v1 emit_header
func hostEmitHeader(name *byte, nameSize uint32, text *byte, textSize uint32)

//go:wasmimport hostabi_v1 digest
func hostDigest(algorithm *byte, algorithmSize uint32, in *byte, inSize uint32, out *byte, outSize uint32) int32

//go:wasmimport hostabi_v1 log
func hostLog(level int32, text *byte, size uint32)

//go:wasmimport hostabi_v1 fail
func hostFail(text *byte, size uint32)

// of returns a text as pointer and length. The host reads it before the call
// returns.
func of(text string) (*byte, uint32) { return unsafe.StringData(text), uint32(len(text)) }

func ofBytes(b []byte) (*byte, uint32) { return unsafe.SliceData(b), uint32(len(b)) }

func flag(set bool) int32 {
	if set {
		return 1
	}
	return 0
}
