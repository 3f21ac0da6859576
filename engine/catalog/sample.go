package catalog

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/plugins"
)

// Sample is an event as the provider would post it. What it tells is made up.
type Sample struct {
	// Name is what the file is called, and Type the type that the provider's
	// webhook would state: Name, where it states none.
	Name, Type string
	// Body is the body of the request, without the newline at the end of the file.
	Body []byte
}

// Samples reads the sample events of the pack, events/<name>.json, in the order of
// their names. A pack without any has none.
func (p *Pack) Samples() ([]Sample, error) {
	fsys, dir := p.fsys, "events"
	if _, ok := p.fsys.(shipped); ok {
		fsys, dir = plugins.Events, path.Join(p.Provider.ID, dir)
	}
	entries, err := fs.ReadDir(fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var samples []Sample
	for _, entry := range entries {
		name, is := strings.CutSuffix(entry.Name(), ".json")
		if !is || entry.IsDir() {
			continue
		}
		data, err := fs.ReadFile(fsys, path.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		s := Sample{Name: name, Type: name, Body: []byte(strings.TrimSuffix(string(data), "\n"))}
		identity := p.Scheme.Identify(&webhook.Request{Body: s.Body}, webhook.Verdict{Outcome: webhook.Accept}, "")
		if identity.Type != "" {
			s.Type = identity.Type
		}
		samples = append(samples, s)
	}
	return samples, nil
}
