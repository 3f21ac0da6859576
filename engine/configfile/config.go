package configfile

import (
	"crypto/tls"
	"log/slog"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
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
	// Tracer follows events from their reception to their attempts; nil follows
	// none.
	Tracer webhook.Tracer
	// Bundler makes one script of a transform in TypeScript, or of one with
	// relative imports; nil takes neither.
	Bundler script.Bundler
	// ScriptWorker are the arguments with which this program runs scripts for
	// another one of itself: its main function then calls Main of package
	// engine/script/worker before anything else. Scripts run in such processes
	// unless limits.script_workers is 0, and within this one where ScriptWorker is
	// nil.
	ScriptWorker []string
	// ScriptEnv are environment variables that workers are given, as KEY=VALUE.
	ScriptEnv []string
}

// Config is a file that was read and found without faults of its own.
type Config struct {
	// Path is the file's.
	Path string
	// Listen is the address that the server is to listen on.
	Listen string
	// Monitor is the address at which the server is to answer for its health and
	// metrics, by plain HTTP; empty is Listen.
	Monitor string
	// Data is the path of the store's file, or the address of its database
	// without the password.
	Data string
	// Place opens the store.
	Place Place
	// Engine holds everything but the store.
	Engine engine.Config
	// Server bounds what clients may take.
	Server engine.ServerLimits
	// TLS has the certificate to listen with, nil for plain HTTP; see
	// [Running.TLS].
	TLS *tls.Config
	// Warnings are lines that an operator should see at every start: what the
	// file permits although it is unsafe.
	Warnings []string

	// text is the file and file what it says, opts is what it was loaded with, and
	// footprint what was read for it.
	text      *tomlfile.Text
	file      file
	opts      Options
	footprint footprint
	// vault keeps secrets in the store.
	vault *vault
}

const (
	defaultListen = "127.0.0.1:8080"
	defaultData   = "hookseal.db"
	// defaultMinFreeDisk is room for the store to settle what was accepted, and for
	// an operator to work.
	defaultMinFreeDisk = 64 << 20
)
