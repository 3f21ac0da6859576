package webhook

// Reason says why a request was rejected: one word of a closed list that is the
// same in answers, logs, metrics and test vectors.
type Reason string

// The reasons, in the order in which a request meets them.
const (
	// UnknownSource: no source has this name.
	UnknownSource Reason = "unknown_source"
	// MethodNotAllowed: the source is not called with this method.
	MethodNotAllowed Reason = "method_not_allowed"
	// BodyTooLarge: the body is longer than the source allows.
	BodyTooLarge Reason = "body_too_large"
	// BodyTruncated: the body was cut before it reached the check.
	BodyTruncated Reason = "body_truncated"
	// AddressNotAllowed: the source takes requests from certain networks, and the
	// sender is in none of them.
	AddressNotAllowed Reason = "address_not_allowed"
	// CredentialsMissing: the source requires credentials beside the signature.
	CredentialsMissing Reason = "credentials_missing"
	// CredentialsMismatch: the credentials beside the signature are wrong.
	CredentialsMismatch Reason = "credentials_mismatch"
	// NoSecret: the source has no secret for this request that is still valid.
	NoSecret Reason = "no_secret"
	// KeyNotAllowed: the request says where its key is, and the scheme does not
	// allow that place.
	KeyNotAllowed Reason = "key_not_allowed"
	// SignatureMissing: the request carries no signature.
	SignatureMissing Reason = "signature_missing"
	// SignatureMalformed: the signature cannot be read as the scheme writes it.
	SignatureMalformed Reason = "signature_malformed"
	// SignatureAmbiguous: a header that carries one value came more than once.
	SignatureAmbiguous Reason = "signature_ambiguous"
	// SignatureMismatch: no signature matches any secret.
	SignatureMismatch Reason = "signature_mismatch"
	// FieldMissing: a value that the scheme signs or compares is absent.
	FieldMissing Reason = "field_missing"
	// FieldMalformed: such a value is not of the form that the scheme demands.
	FieldMalformed Reason = "field_malformed"
	// FieldAmbiguous: such a value is given twice.
	FieldAmbiguous Reason = "field_ambiguous"
	// TimestampMissing: the time is absent.
	TimestampMissing Reason = "timestamp_missing"
	// TimestampMalformed: the time cannot be read in the scheme's unit.
	TimestampMalformed Reason = "timestamp_malformed"
	// TimestampTooOld: the time is further back than the tolerance.
	TimestampTooOld Reason = "timestamp_too_old"
	// TimestampInFuture: the time is further ahead than the tolerance.
	TimestampInFuture Reason = "timestamp_in_future"
	// BodyMalformed: the scheme needs JSON and the body is not.
	BodyMalformed Reason = "body_malformed"
	// BodyAmbiguous: what was verified is not the bytes, and readers could
	// understand the bytes differently (duplicate names, invalid UTF-8, BOM).
	BodyAmbiguous Reason = "body_ambiguous"
	// BodyUncovered: the signature does not cover the body, and the source has
	// not opted in to that.
	BodyUncovered Reason = "body_uncovered"
	// ConditionFailed: the signature holds, and a rule beside it does not.
	ConditionFailed Reason = "condition_failed"
	// ClaimUnkeyed: a check in which no key takes part proves nothing.
	ClaimUnkeyed Reason = "claim_unkeyed"
	// AlgorithmNotAllowed: the rule asks for an algorithm that its pack does
	// not list.
	AlgorithmNotAllowed Reason = "algorithm_not_allowed"
	// IDConflict: the same identity came with another body, which the
	// signature does not cover.
	IDConflict Reason = "id_conflict"
)

// Reasons returns the whole list, in order.
func Reasons() []Reason {
	return []Reason{
		UnknownSource, MethodNotAllowed, BodyTooLarge, BodyTruncated, AddressNotAllowed,
		CredentialsMissing, CredentialsMismatch, NoSecret, KeyNotAllowed,
		SignatureMissing, SignatureMalformed, SignatureAmbiguous, SignatureMismatch,
		FieldMissing, FieldMalformed, FieldAmbiguous,
		TimestampMissing, TimestampMalformed, TimestampTooOld, TimestampInFuture,
		BodyMalformed, BodyAmbiguous, BodyUncovered,
		ConditionFailed, ClaimUnkeyed, AlgorithmNotAllowed, IDConflict,
	}
}
