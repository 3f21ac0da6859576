package configfile

import (
	"fmt"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Load reads the file at path and checks all of it: what it says, the secrets
// and files that it names, and whether an engine opens with it. Nothing is
// written, and no store is opened.
//
// The error is [tomlfile.Faults] with every fault, and any other error if the
// file could not be read.
func Load(path string, opts Options) (*Config, error) {
	c, _, err := load(path, opts, readOnly)
	return c, err
}

// access says whether loading a file may write what spares the next one work.
type access bool

const (
	readOnly  access = false
	readWrite access = true
)

// load returns what was read, too, whatever came of it.
func load(path string, opts Options, may access) (*Config, footprint, error) {
	l, err := read(path, opts)
	if err != nil {
		return nil, l.footprint, err
	}
	l.top()
	l.sources()
	l.endpoints()
	l.subscriptions()
	l.modules()
	l.guests(may == readWrite)
	l.tryOpen()
	l.warnOfSecrets()
	if err := tomlfile.Join(l.faults...); err != nil {
		return nil, l.footprint, err
	}
	l.config.footprint, l.config.file = l.footprint, l.file
	return l.config, l.footprint, nil
}

// Outline is what a file says about its parts, without the secrets and the files
// that it names.
type Outline struct {
	// Data is [Config].Data, Place [Config].Place.
	Data  string
	Place Place
	// Listen is [Config].Listen, Monitor [Config].Monitor.
	Listen, Monitor string
	// Certificate is the path of that which the server shows, empty for plain HTTP.
	Certificate string
	// Sources and Endpoints are the names, in order.
	Sources, Endpoints []string
}

// ReadOutline reads what can be known of the file at path without its secrets,
// but for that of the database.
// Its error is that of [Load] for the keys and values that it reads.
func ReadOutline(path string) (Outline, error) {
	l, err := read(path, Options{})
	if err != nil {
		return Outline{}, err
	}
	l.data()
	certificate := l.file.TLS.Cert
	if certificate != "" {
		certificate = within(l.dir, certificate)
	}
	return Outline{
		Data: l.config.Data, Place: l.config.Place, Listen: l.file.Listen, Monitor: l.file.Monitor, Certificate: certificate,
		Sources: named(l.file.Source), Endpoints: named(l.file.Endpoint),
	}, tomlfile.Join(l.faults...)
}

// loader turns a file into a Config, and goes on after a fault.
type loader struct {
	text   *tomlfile.Text
	file   file
	dir    string
	opts   Options
	config *Config
	faults []error
	// faulty holds the keys that have a fault.
	faulty []string
	// footprint is what was read.
	footprint footprint
}

// read parses the file. With an error comes a loader that knows its footprint
// alone.
func read(path string, opts Options) (*loader, error) {
	l := &loader{dir: filepath.Dir(path), opts: opts}
	l.footprint.file(path)
	doc, err := tomlfile.ParseFile(path)
	if err != nil {
		return l, err
	}
	l.text = doc.Text()
	l.file.Listen, l.file.Data = defaultListen, defaultData
	if err := doc.Decode(&l.file); err != nil {
		l.take(err)
	}
	l.config = &Config{Path: path, text: l.text, opts: opts, Engine: engine.Config{
		Sources:    map[string]engine.Source{},
		Endpoints:  map[string]engine.Endpoint{},
		Transforms: map[string]engine.GuestCode{},
		Catalog:    catalog.Builtin(),
		Logger:     opts.Logger,
		Observer:   opts.Observer,
		Tracer:     opts.Tracer,
	}}
	return l, nil
}

// take notes the faults that decoding found.
func (l *loader) take(err error) {
	l.faults = append(l.faults, err)
	if faults, ok := err.(tomlfile.Faults); ok {
		for _, f := range faults {
			l.faulty = append(l.faulty, f.Key)
		}
	}
}

func (l *loader) note(key, format string, args ...any) {
	l.faults = append(l.faults, l.text.Fault(key, format, args...))
	l.faulty = append(l.faulty, key)
}

// isFaulty reports whether there is a fault at the key or below it.
func (l *loader) isFaulty(key string) bool {
	return slices.ContainsFunc(l.faulty, func(known string) bool {
		rest, found := strings.CutPrefix(known, key)
		return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

func (l *loader) warn(format string, args ...any) {
	l.config.Warnings = append(l.config.Warnings, fmt.Sprintf(format, args...))
}

func (l *loader) top() {
	l.listen()
	l.data()
	l.listenData()
	l.masterKey()
	l.config.Engine.AllowNetworks = prefixes(l.file.AllowNetworks)
	for _, name := range l.file.AllowHosts {
		l.config.Engine.AllowHosts = append(l.config.Engine.AllowHosts, string(name))
	}
	l.config.Engine.TrustedProxies = prefixes(l.file.TrustedProxies)
	if path := l.file.Catalog.Path; path != "" {
		dir := within(l.dir, path)
		l.footprint.folder(dir)
		if info, err := os.Stat(dir); err != nil {
			l.note("catalog.path", "%s", err)
		} else if !info.IsDir() {
			l.note("catalog.path", "%s is not a folder of packs", dir)
		} else {
			l.config.Engine.Catalog = catalog.Builtin().WithOverlay(dir)
		}
	}
	l.tls()
	l.limits()
}

func (l *loader) listen() {
	l.config.Listen, l.config.Monitor = l.file.Listen, l.file.Monitor
	l.checkAddress("listen", l.file.Listen)
	if l.file.Monitor != "" {
		l.checkAddress("monitor", l.file.Monitor)
	}
}

func (l *loader) checkAddress(key, address string) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		l.note(key, "%q must be an address and a port, such as %q", address, defaultListen)
		return
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		l.note(key, "port %q must be a number from 0 to 65535", port)
	}
}

func (l *loader) limits() {
	t := &l.file.Limits
	if t.Backlog < 0 {
		l.note("limits.backlog", "is %d, want how many deliveries may be open", t.Backlog)
	}
	free := t.MinFreeDisk
	switch _, isFile := l.config.Place.File(); {
	case free == 0 && isFile:
		free = defaultMinFreeDisk
	case free > 0 && !isFile:
		l.note("limits.min_free_disk", "takes a SQLite file as data: the disk of a database is not this machine's")
	}
	l.config.Server = engine.ServerLimits{
		Connections: int(t.Connections), HeaderBytes: int(t.HeaderBytes),
		ShutdownGrace: time.Duration(t.ShutdownGrace), ShutdownDelay: time.Duration(t.ShutdownDelay),
	}
	keep := &l.file.Retention
	l.config.Engine.Retention = engine.Retention{
		Events: time.Duration(keep.Events), Bodies: time.Duration(keep.Bodies), Size: int64(keep.Size), Keys: time.Duration(keep.Keys),
	}
	l.config.Engine.Limits = engine.Limits{
		BytesInFlight: int64(t.BytesInFlight), Backlog: t.Backlog, FreeDisk: int64(free), Deliveries: int(t.Deliveries),
		Lease: time.Duration(t.Lease), ShutdownGrace: time.Duration(t.ShutdownGrace),
		Guest: webhook.GuestLimits{
			Time: time.Duration(t.GuestTime), Memory: int64(t.GuestMemory), Output: int64(t.GuestOutput),
			Events: int(t.GuestEvents), LogLines: int(t.GuestLogLines),
			Fuel: int64(t.GuestFuel), Stack: int32(min(t.GuestStack, math.MaxInt32)),
		},
	}
}

// named returns the names of a table's entries, in order.
func named[T any](table map[string]T) []string { return slices.Sorted(maps.Keys(table)) }
