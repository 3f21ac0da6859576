package script

import (
	"cmp"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Bundler makes a script of one file from what a [Loader] does not take itself.
// It is safe for concurrent use. Package bundle has one.
type Bundler interface {
	// Extensions lists the file name endings that the Bundler alone takes, such
	// as ".ts".
	Extensions() []string
	// Bundle returns a [*webhook.GuestError] of the kind compile for code that
	// it cannot make one script from.
	Bundle(code webhook.GuestCode) (*Bundle, error)
}

// Bundle is what a [Bundler] made.
type Bundle struct {
	// Script is an ECMAScript of one file. What it exports stands in a list.
	Script string
	// Origins say where the pieces of Script come from, ordered by Line, then
	// Column.
	Origins []Origin
	// Files are the files that were read beside the script itself.
	Files []string
}

// Origin says where a piece of a bundle comes from, which begins at a place in
// the bundle and goes up to the next Origin or the end of the line. Lines and
// columns count from 1, columns in UTF-16 units.
type Origin struct {
	// Line and Column are where the piece begins in the bundle.
	Line, Column int
	// From is where it begins in its source.
	From Place
}

// Place is a place in a source file.
type Place struct {
	// File is empty for the script itself.
	File string
	// Line and Column count from 1; a Line of zero is no place.
	Line, Column int
}

func (l Loader) bundle(code webhook.GuestCode) (*unit, error) {
	made, err := l.Bundler.Bundle(code)
	if err != nil {
		return nil, err
	}
	u := &unit{name: code.Name, source: made.Script, bundled: true, origins: made.Origins}
	return u, u.compile()
}

// origin returns the source of a place in a bundle, the zero Place for what is
// nobody's.
func (u *unit) origin(line, column int) Place {
	i, exact := slices.BinarySearchFunc(u.origins, Origin{Line: line, Column: column}, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if !exact {
		i--
	}
	if i < 0 || u.origins[i].Line != line {
		return Place{}
	}
	return u.origins[i].From
}
