package script

import (
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// maxTime is the longest time limit that a script may have, and the time after
// which a regular expression that backtracks is given up. goja takes one that
// was given up for one that does not match; since the call has overrun its limit
// by then, what it made of that is discarded.
const maxTime = 5 * time.Second

// boundRegexps makes regular expressions end. goja compiles those that its
// linear engine cannot run with regexp2, whose standard is to try for ever and
// can be changed for the process alone.
var boundRegexps = sync.OnceFunc(func() { regexp2.DefaultMatchTimeout = maxTime })
