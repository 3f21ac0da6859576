package script

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Loader loads JavaScript guests. The zero Loader is ready for use; it takes
// scripts of one file.
type Loader struct {
	// Bundler makes one file of scripts that import others or are written in
	// another language; nil refuses them.
	Bundler Bundler
}

var _ webhook.GuestLoader = Loader{}

// Extensions returns ".js", and those of the Bundler.
func (l Loader) Extensions() []string {
	if l.Bundler == nil {
		return []string{".js"}
	}
	return append([]string{".js"}, l.Bundler.Extensions()...)
}

// Load compiles a script and runs its top level once, so that a script that
// cannot start is refused here and not at its first event.
//
// It returns a [*webhook.GuestError] of the kind compile for a time limit above
// five seconds, for code that does not parse, that imports what the Bundler does
// not find, or that offers neither hook; of the kind refused where capabilities are
// granted or a digest is pinned, which is for modules; and of the kind that a call
// would give for a top level that throws or runs out of time.
func (l Loader) Load(ctx context.Context, code webhook.GuestCode) (webhook.Guest, error) {
	if len(code.Grants) > 0 || code.SHA256 != "" {
		return nil, &webhook.GuestError{Guest: code.Name, Kind: webhook.GuestRefused, Message: "capabilities and a SHA-256 are for modules; a script takes neither"}
	}
	boundRegexps()
	if limit := code.Limits.Time; limit > maxTime {
		return nil, &webhook.GuestError{Guest: code.Name, Kind: webhook.GuestCompile, Message: fmt.Sprintf("a time limit of %s is more than the %s that a script may have", limit, maxTime)}
	}
	unit, err := l.compile(code)
	if err != nil {
		return nil, err
	}
	g := &guest{
		unit:   unit,
		hash:   hashOf(code, unit),
		limits: code.Limits.WithDefaults(),
		guards: guardsFor(unit.source),

		logs:      strings.Contains(unit.source, "console"),
		functions: functionsFor(unit.source),
	}
	if g.parts, err = partsFor(unit.source); err != nil {
		return nil, fmt.Errorf("load the library: %w", err)
	}
	if err := g.rehearse(ctx); err != nil {
		return nil, err
	}
	return g, nil
}

// compile compiles the script as it is, or what the Bundler makes of it.
func (l Loader) compile(code webhook.GuestCode) (*unit, error) {
	if l.Bundler != nil && slices.Contains(l.Bundler.Extensions(), path.Ext(code.Name)) {
		return l.bundle(code)
	}
	u := &unit{name: code.Name, source: strings.TrimPrefix(string(code.Code), "\ufeff")}
	err := u.compile()
	imports, ok := errors.AsType[*importError](err)
	switch {
	case ok && l.Bundler != nil:
		return l.bundle(code)
	case ok:
		return nil, imports.fault
	case err != nil:
		return nil, err
	}
	return u, nil
}

// hashOf is the hash of what was given, and of what a bundle was made from.
func hashOf(code webhook.GuestCode, u *unit) string {
	sum := sha256.New()
	sum.Write(code.Code)
	if u.bundled {
		sum.Write([]byte(u.source))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
