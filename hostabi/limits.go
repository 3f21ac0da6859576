package hostabi

import "time"

// Bounds that no configuration moves.
const (
	// MaxModule is the largest module in bytes.
	MaxModule = 32 << 20
	// MaxMetered is the largest module in bytes once it has its meter.
	MaxMetered = 4 * MaxModule
	// MaxTable is how many entries the tables of a module may hold together.
	MaxTable = 1 << 20
	// MaxValues is how many values one call may ask for.
	MaxValues = 1024
	// MaxClaim is how many pieces (alternatives, checks, parts, signatures,
	// conditions and their members, units) one claim may have.
	MaxClaim = 1024
	// MaxNested is how deep digests may stand in one another.
	MaxNested = 8
	// MaxHeaders is how many header fields one output may have.
	MaxHeaders = 64
	// MaxLine is how much of a log line, or of a message of fail, is kept.
	MaxLine = 1024
	// StartTime bounds how long a module may take to start, beside the time of
	// a call.
	StartTime = 2 * time.Second
)
