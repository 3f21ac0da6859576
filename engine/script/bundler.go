package script

import "github.com/hookseal/hookseal/engine/webhook"

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
	// Origin returns the place in the sources of one in Script, an empty file
	// where there is none. Lines and columns count from 1, columns in UTF-16
	// units.
	Origin func(line, column int) Place
	// Files are the files that were read beside the script itself.
	Files []string
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
	u := &unit{name: code.Name, source: made.Script, origin: made.Origin}
	return u, u.compile()
}
