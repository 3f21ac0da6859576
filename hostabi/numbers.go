package hostabi

// Field is something that a guest can read, or refer to by a value.
type Field int32

// The fields. A hook that has no such thing finds it absent: a claim has no
// event, and an event keeps neither method nor target.
const (
	// Those of a request: the method, the request-target as it was sent, its path
	// without the query, and the whole URL.
	FieldMethod Field = 1
	FieldTarget Field = 2
	FieldPath   Field = 3
	FieldURL    Field = 4
	// Those with a name: a header, a decoded query parameter, a decoded form
	// parameter of the body, a cookie, a dotted path into the JSON body, a
	// setting of the configuration.
	FieldHeader  Field = 5
	FieldQuery   Field = 6
	FieldForm    Field = 7
	FieldCookie  Field = 8
	FieldJSON    Field = 9
	FieldSetting Field = 10

	// Those of an event: hookseal's identifier, its type, and the source.
	FieldEventID     Field = 11
	FieldEventType   Field = 12
	FieldEventSource Field = 13
	// FieldEventTime is when the event was received, in RFC 3339, in UTC.
	FieldEventTime Field = 14
	// FieldEventProvider is the pack that verified the event, and
	// FieldEventProviderID the identifier that the sender gave.
	FieldEventProvider   Field = 15
	FieldEventProviderID Field = 16
	// FieldSubscription and FieldEndpoint are the names of those that the event
	// is for.
	FieldSubscription Field = 17
	FieldEndpoint     Field = 18

	// FieldExpression is what a value of the language of schemes gives, and its
	// name that value: "json.EventId or json.eventId | uuid:N".
	FieldExpression Field = 19
	// FieldJSONText is the JSON text of what stands at a dotted path of the body,
	// an object or an array too, as it was sent; FieldJSONStringified as
	// JSON.stringify writes it.
	FieldJSONText        Field = 20
	FieldJSONStringified Field = 21
)

// Only is the index that asks for the one value of a field, and finds it
// ambiguous if there are several.
const Only int32 = -1

// Result is what a function returns: a length or a handle, or one of the
// negative results.
type Result int32

// The negative results. Misuse (an unknown handle, a pointer out of bounds, a
// call out of place) has none: it ends the call.
const (
	// Absent: there is no such header, parameter, member or index.
	Absent Result = -1
	// Malformed: the body is not JSON.
	Malformed Result = -2
	// Ambiguous: there are several where one was asked for.
	Ambiguous Result = -3
	// Denied: the field carries credentials. A claim may refer to it by a
	// value and not see it.
	Denied Result = -4
	// Unfit: the place is there and holds nothing of the form that was asked
	// for. JSON gives an object, an array or null; a prefix is not there; the
	// query cannot be decoded.
	Unfit Result = -5
)

// Encoding is how bytes are written as text. A set of encodings is their sum.
type Encoding int32

// The encodings. Hex is read in either case, and the name says which is written;
// RawText is the text itself, for tokens. Decimal is bytes as an unsigned number, the
// first byte the highest: a digest is written so, and a signature never read so.
const (
	Hex       Encoding = 1
	HexUpper  Encoding = 2
	Base64    Encoding = 4
	Base64URL Encoding = 8
	RawText   Encoding = 16
	Decimal   Encoding = 32
)

// KeyOrigin is where a check finds its key.
type KeyOrigin int32

// The origins of keys.
const (
	// SourceSecrets are all secrets of the source.
	SourceSecrets KeyOrigin = 0
	// HintedSecrets are those that the source gives for the identifier.
	HintedSecrets KeyOrigin = 1
	// Referenced is a public key behind a URL.
	Referenced KeyOrigin = 2
)

// TimeUnit is how a moment is written.
type TimeUnit int32

// The units.
const (
	// UnixSeconds and UnixMilliseconds count from 1970 in UTC, in decimal digits.
	UnixSeconds      TimeUnit = 1
	UnixMilliseconds TimeUnit = 2
	// RFC3339 is with a zone; ISO8601 the same with the zone left out at will,
	// and then UTC.
	RFC3339 TimeUnit = 3
	ISO8601 TimeUnit = 4
	// DotNetInvariant is 12/31/2024 23:59:59, read as UTC.
	DotNetInvariant TimeUnit = 5
	// HTTPDate is the form of the Date header, in GMT.
	HTTPDate TimeUnit = 6
)

// Bound is the side on which a time condition bounds a moment.
type Bound int32

// The bounds.
const (
	// NotBefore: the moment is not after now.
	NotBefore Bound = 0
	// NotAfter: the moment is not before now.
	NotAfter Bound = 1
)

// Level is the level of a log line.
type Level int32

// The levels, by rising weight.
const (
	Debug Level = 0
	Info  Level = 1
	Warn  Level = 2
	Error Level = 3
)

// String returns the level in lower case, "info" for a number that is none.
func (l Level) String() string {
	switch l {
	case Debug:
		return "debug"
	case Warn:
		return "warn"
	case Error:
		return "error"
	default:
		return "info"
	}
}
