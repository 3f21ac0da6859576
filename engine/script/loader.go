package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Loader loads JavaScript guests. The zero Loader is ready for use.
type Loader struct{}

var _ webhook.GuestLoader = Loader{}

// Extensions returns ".js".
func (Loader) Extensions() []string { return []string{".js"} }

// Load compiles a script and runs its top level once, so that a script that
// cannot start is refused here and not at its first event.
//
// It returns a [*webhook.GuestError] of the kind compile for a time limit above
// five seconds, for code that does not
// parse, that uses what is not supported (import, export lists), or that offers
// neither hook; and of the kind that a call would give for a top level that
// throws or runs out of time.
func (Loader) Load(ctx context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	boundRegexps()
	if limit := code.Limits.Time; limit > maxTime {
		return nil, &webhook.GuestError{Guest: code.Name, Kind: webhook.GuestCompile, Message: fmt.Sprintf("a time limit of %s is more than the %s that a script may have", limit, maxTime)}
	}
	text := strings.TrimPrefix(string(code.Code), "\ufeff")
	unit, err := compile(code.Name, text)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(code.Code)
	g := &guest{
		unit:   unit,
		hash:   hex.EncodeToString(sum[:]),
		limits: code.Limits.WithDefaults(),
		guards: guardsFor(text),
	}
	if err := g.rehearse(ctx); err != nil {
		return nil, err
	}
	return g, nil
}
