package metering

import (
	"errors"
	"fmt"
	"math"
)

// MaxLocals is how many locals a function may have, its parameters among them; the
// limit of the web's engines. A compiler reserves memory for each of them, which a
// module asks for with a few bytes.
const MaxLocals = 50_000

// MaxItems is how many types and how many functions a module may have; the limit
// of the web's engines. What is kept of each is larger than what a module has to
// write for it.
const MaxItems = 1_000_000

// Overflow is what tick is called with when the stack is used up, in place of the
// rest of the fuel, which is never so low. The module does not run on after that.
const Overflow = math.MinInt64

// Options say how a module finds its meter.
type Options struct {
	// TickModule and TickName are the import that is called when the fuel is
	// used up.
	TickModule, TickName string
	// Fuel and Stack are the names of the exported globals.
	Fuel, Stack string
	// StackBytes is how much stack an instance begins with, by the estimate that
	// the package comment describes.
	StackBytes int32
	// MaxSize is the size in bytes that the rewritten module must not pass;
	// zero is no limit.
	MaxSize int
}

var (
	// ErrSize says that the rewritten module would be larger than
	// [Options].MaxSize.
	ErrSize = errors.New("the metered module is too large")
	// ErrLocals says that a function has more than [MaxLocals] locals.
	ErrLocals = errors.New("a function has too many locals")
	// ErrItems says that there are more than [MaxItems] types or functions.
	ErrItems = errors.New("the module has too many types or functions")
	// ErrReserved says that the module itself uses a name that [Options] give.
	ErrReserved = errors.New("the name is reserved")
)

func (o Options) validate() error {
	switch {
	case o.TickName == "" || o.Fuel == "" || o.Stack == "" || o.Fuel == o.Stack:
		return fmt.Errorf("metering: tick %q, fuel %q and stack %q are not three names", o.TickName, o.Fuel, o.Stack)
	case o.StackBytes <= 0:
		return fmt.Errorf("metering: a stack of %d bytes is not positive", o.StackBytes)
	case o.MaxSize < 0:
		return fmt.Errorf("metering: a size of %d bytes is negative", o.MaxSize)
	}
	return nil
}

// limit returns the greatest size.
func (o Options) limit() int {
	if o.MaxSize == 0 {
		return math.MaxInt
	}
	return o.MaxSize
}
