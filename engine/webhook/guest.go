package webhook

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
)

// Guest is a loaded script or module. It is safe for concurrent use, and no
// call sees what another left behind.
//
// Every method returns a [*GuestError] when the guest itself went wrong.
type Guest interface {
	// Name is what the guest was loaded as, for messages.
	Name() string
	// Hash is the SHA-256 of the code, in hex.
	Hash() string
	// Hooks lists what the guest implements.
	Hooks() []Hook
	// Claim says what req states was signed.
	Claim(ctx context.Context, req *Request, settings map[string]string) (*Claim, error)
	// Transform turns an event into zero, one or many outputs. None means that
	// the guest drops the event, which is not an error.
	Transform(ctx context.Context, ev *Event, tc TransformContext) ([]Output, error)
	// Close frees what the guest holds, once the running calls have ended.
	Close(ctx context.Context) error
}

// Hook is something that a guest can implement.
type Hook string

// The hooks.
const (
	// HookClaim is [Guest.Claim], the rule of a pack.
	HookClaim Hook = "claim"
	// HookTransform is [Guest.Transform].
	HookTransform Hook = "transform"
)

// TransformContext is what a transform may know beside the event.
type TransformContext struct {
	// Subscription and Endpoint are the names of those that the event is for.
	Subscription string
	Endpoint     string
	// Settings come from the configuration; they hold no secret.
	Settings map[string]string
	// Log receives the lines that the guest writes; nil discards them.
	Log func(level, line string)
}

// GuestLoader turns code into guests.
type GuestLoader interface {
	// Extensions lists the file name endings that the loader takes, such as
	// ".js".
	Extensions() []string
	// Load compiles the code. It returns a [*GuestError] for code that does
	// not compile or asks for what it was not granted.
	Load(ctx context.Context, code GuestCode) (Guest, error)
}

// GuestCode is the code of a guest before it is loaded.
type GuestCode struct {
	// Name is the file's path, for messages.
	Name string
	// Code is the script or the module; the loader does not change it.
	Code []byte
	// Limits bound every call; a zero field means the default.
	Limits GuestLimits
	// ABI is what a module must be built for; empty takes whatever is served.
	ABI ABI
	// Function is the export of an Extism plug-in that is called as its transform;
	// empty is "transform".
	Function string
	// SHA256 is the digest that the code must have, in hex; empty takes any.
	SHA256 string
	// Grants are the capabilities that the guest may use; nil grants none.
	Grants []Capability
	// Algorithms are those that the pack of a rule allows; nil where the code is no
	// rule.
	Algorithms []Algorithm
	// Manifest is the text of the manifest that stands beside a module, in TOML,
	// and ManifestName what its file is called; nil where there is none.
	Manifest     []byte
	ManifestName string
}

// ABI is how a module and its host call each other.
type ABI string

// The ABIs.
const (
	// HooksealABI is that of the SDKs, and the only one of rules.
	HooksealABI ABI = "hookseal"
	// ExtismABI is that of the plug-in kits of Extism, for transforms.
	ExtismABI ABI = "extism"
)

// ABIs returns the whole list.
func ABIs() []ABI { return []ABI{HooksealABI, ExtismABI} }

// Capability is something beyond its event that a transform may use if the
// configuration grants it. A claim has none, whatever is granted.
type Capability string

// The capabilities.
const (
	// ClockCapability is the real time, instead of that at which the event was
	// received.
	ClockCapability Capability = "clock"
	// RandomCapability is real randomness, instead of what follows from the
	// event's identifier.
	RandomCapability Capability = "random"
)

// Capabilities returns the whole list.
func Capabilities() []Capability { return []Capability{ClockCapability, RandomCapability} }

// GuestLimits bound one call of a guest.
type GuestLimits struct {
	// Time is the longest that a call may run.
	Time time.Duration
	// Memory is the most that an instance may hold, in bytes.
	Memory int64
	// Output is the most that a call may hand out, in bytes over all outputs.
	Output int64
	// Events is the most outputs of one call.
	Events int
	// LogLines is the most lines that one call may write.
	LogLines int
	// Fuel is the most work that a call of a module may do, in instructions of
	// WebAssembly. Unlike Time it does not depend on the machine: a call that
	// uses it up does so every time. A script has none.
	Fuel int64
	// Stack is the most stack that the calls within a module may take, in bytes
	// as the loader estimates them. A script has its own bound.
	Stack int32
}

// WithDefaults fills the zero fields: 250 ms, 64 MiB, 4 MiB, 1,000 outputs, 100
// lines, a thousand million instructions, 4 MiB of stack.
func (l GuestLimits) WithDefaults() GuestLimits {
	if l.Time == 0 {
		l.Time = 250 * time.Millisecond
	}
	if l.Memory == 0 {
		l.Memory = 64 << 20
	}
	if l.Output == 0 {
		l.Output = 4 << 20
	}
	if l.Events == 0 {
		l.Events = 1000
	}
	if l.LogLines == 0 {
		l.LogLines = 100
	}
	if l.Fuel == 0 {
		l.Fuel = 1e9
	}
	if l.Stack == 0 {
		l.Stack = 4 << 20
	}
	return l
}

// ReservedHeader reports whether a transform may not set a header field: those
// that belong to the connection, to the framing of the message, and to the
// identity and signature that the endpoint is sent. The media type is set by
// [Output.ContentType].
func ReservedHeader(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer",
		"upgrade", "keep-alive", "expect", "proxy-authorization", "proxy-authenticate", "proxy-connection":
		return true
	}
	return strings.HasPrefix(name, "webhook-")
}

// GuestErrorKind says in which way a guest went wrong.
type GuestErrorKind string

// The kinds.
const (
	// GuestCompile: the code is no script or module of a form that is taken.
	GuestCompile GuestErrorKind = "compile"
	// GuestThrow: the guest itself reported a failure.
	GuestThrow GuestErrorKind = "throw"
	// GuestTrap: the guest could not run on, as after a nesting too deep.
	GuestTrap GuestErrorKind = "trap"
	// GuestTimeout: a call ran longer than [GuestLimits].Time.
	GuestTimeout GuestErrorKind = "timeout"
	// GuestMemory: the guest asked for more than [GuestLimits].Memory.
	GuestMemory GuestErrorKind = "memory"
	// GuestFuel: a call did more work than [GuestLimits].Fuel allows.
	GuestFuel GuestErrorKind = "fuel"
	// GuestStack: calls were nested deeper than [GuestLimits].Stack allows.
	GuestStack GuestErrorKind = "stack"
	// GuestOutput: a call handed out more than [GuestLimits] allow.
	GuestOutput GuestErrorKind = "output"
	// GuestABI: the guest and its host do not agree on how to call each other,
	// or on the shape of what is handed over.
	GuestABI GuestErrorKind = "abi"
	// GuestRefused: the guest is not what is pinned or what its manifest says, or
	// it asks for what it is not granted.
	GuestRefused GuestErrorKind = "refused"
)

// GuestError reports that a guest went wrong.
type GuestError struct {
	// Guest is its name.
	Guest string
	// Kind says in which way it went wrong.
	Kind GuestErrorKind
	// File is the file that Line and Column are in, empty for the one that the
	// guest was loaded from.
	File string
	// Line and Column are the place in the source, zero where unknown.
	Line, Column int
	// Message is for whoever wrote the guest, and may quote what the guest said.
	Message string
}

// Error returns "name:line:column: kind: message", with the name of the file
// where that is another.
func (e *GuestError) Error() string {
	at := e.Guest
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", cmp.Or(e.File, e.Guest), e.Line, e.Column)
	}
	return fmt.Sprintf("%s: %s: %s", at, e.Kind, e.Message)
}
