package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/plugins"
)

// ErrUnknownProvider reports a name for which there is no pack.
var ErrUnknownProvider = errors.New("unknown provider")

// Load returns the scheme of a provider that ships with hookseal, under its
// default settings. It returns [ErrUnknownProvider], with the names that come
// close, for a name without a pack.
func Load(provider string) (*scheme.Scheme, error) {
	pack, err := Builtin().Open(context.Background(), provider, Options{})
	if err != nil {
		return nil, err
	}
	return pack.Scheme, nil
}

// Catalog is a set of packs. It keeps those that were opened: a new one reads
// the folder of an overlay anew.
type Catalog struct {
	builtin fs.FS
	// overlay holds packs that come before the built-in ones of the same name;
	// nil without one.
	overlay fs.FS
	// overlayPath is where overlay lies, for messages.
	overlayPath string
	opened      shared
}

// Builtin returns the catalog of the packs that ship with hookseal.
func Builtin() *Catalog { return &Catalog{builtin: plugins.FS} }

// WithOverlay returns a catalog in which the packs of a folder come before the
// built-in ones.
func (c *Catalog) WithOverlay(dir string) *Catalog {
	return &Catalog{builtin: c.builtin, overlay: os.DirFS(dir), overlayPath: dir}
}

// Names lists the providers, in order.
func (c *Catalog) Names() []string {
	var names []string
	for _, fsys := range []fs.FS{c.builtin, c.overlay} {
		if fsys == nil {
			continue
		}
		files, err := fs.Glob(fsys, "*/provider.toml")
		if err != nil {
			continue
		}
		for _, file := range files {
			names = append(names, path.Dir(file))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Options say how a pack is opened.
type Options struct {
	// Settings fill the settings of the pack.
	Settings map[string]string
	// Loaders load its rule, if it has one.
	Loaders []webhook.GuestLoader
	// Limits bound the calls of its rule.
	Limits webhook.GuestLimits
}

// Open reads the pack of a provider, and no other pack but the one that its
// scheme extends. A pack without a rule is read and compiled once for the same
// settings: all who open it get the same one.
//
// It returns [ErrUnknownProvider] for a name without one, and the faults of its
// provider.toml with their lines.
func (c *Catalog) Open(ctx context.Context, provider string, opt Options) (*Pack, error) {
	key := sharedKey(provider, opt.Settings)
	if p := c.opened.get(key); p != nil {
		return p, nil
	}
	fsys, where, err := c.find(provider)
	if err != nil {
		return nil, err
	}
	p, err := openPack(ctx, fsys, where, provider, c.opened.base, opt)
	if err != nil || p.Rule != nil {
		return p, err
	}
	return c.opened.put(key, p), nil
}

// OpenDir reads a pack from a folder.
func OpenDir(ctx context.Context, dir string, opt Options) (*Pack, error) {
	if _, err := os.Stat(filepath.Join(dir, "provider.toml")); err != nil {
		return nil, fmt.Errorf("%s is no pack: %w", dir, err)
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return openPack(ctx, os.DirFS(dir), dir, filepath.Base(abs), baseScheme, opt)
}

func (c *Catalog) find(provider string) (fs.FS, string, error) {
	if fs.ValidPath(provider) && !strings.Contains(provider, "/") {
		if c.overlay != nil {
			if _, err := fs.Stat(c.overlay, provider+"/provider.toml"); err == nil {
				sub, err := fs.Sub(c.overlay, provider)
				return sub, filepath.Join(c.overlayPath, provider), err
			}
		}
		if _, err := fs.Stat(c.builtin, provider+"/provider.toml"); err == nil {
			sub, err := fs.Sub(c.builtin, provider)
			return shipped{sub}, "plugins/" + provider, err
		}
	}
	return nil, "", c.unknown(provider)
}

// unknown names the providers that come close.
func (c *Catalog) unknown(provider string) error {
	names := c.Names()
	if meant, ok := tomlfile.Closest(provider, names); ok {
		return fmt.Errorf("%w %q; did you mean %q?", ErrUnknownProvider, provider, meant)
	}
	return fmt.Errorf("%w %q; there are %d, which hookseal providers list shows", ErrUnknownProvider, provider, len(names))
}

// baseScheme finds what a scheme extends: a shared scheme, or another
// provider's.
func baseScheme(name string) (scheme.Definition, error) {
	for _, file := range []string{"bases/" + name + ".toml", name + "/provider.toml"} {
		data, err := fs.ReadFile(plugins.FS, file)
		if err != nil {
			continue
		}
		var p Provider
		if err := tomlfile.Decode("plugins/"+file, data, &p); err != nil {
			return scheme.Definition{}, err
		}
		if p.Scheme.Extends != "" {
			return scheme.Definition{}, fmt.Errorf("scheme %q extends another itself", name)
		}
		return p.Scheme, nil
	}
	return scheme.Definition{}, fmt.Errorf("no scheme is called %q", name)
}
