package configfile

import (
	"log/slog"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// Options say what the file does not. The zero value is what most want.
type Options struct {
	// LookupEnv reads an environment variable for a secret reference; nil is
	// [os.LookupEnv].
	LookupEnv func(name string) (value string, ok bool)
	// Logger receives what the engine and the store write; nil discards it.
	Logger *slog.Logger
	// Observer is told what the engine does; nil tells nobody.
	Observer engine.Observer
	// Bundler makes one script of a transform in TypeScript, or of one with
	// relative imports; nil takes neither.
	Bundler script.Bundler
}

// Config is a file that was read and found without faults of its own.
type Config struct {
	// Path is the file's.
	Path string
	// Listen is the address that the server is to listen on.
	Listen string
	// Data is the path of the store's file, or the address of its database
	// without the password.
	Data string
	// Place opens the store.
	Place Place
	// Engine holds everything but the store.
	Engine engine.Config
	// Server bounds what clients may take.
	Server engine.ServerLimits
	// Warnings are lines that an operator should see at every start: what the
	// file permits although it is unsafe.
	Warnings []string

	// doc is the file, opts is what it was loaded with, and footprint what was
	// read for it.
	doc       *tomlfile.Document
	opts      Options
	footprint footprint
}

const (
	defaultListen = "127.0.0.1:8080"
	defaultData   = "hookseal.db"
)
