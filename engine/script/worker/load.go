package worker

import (
	"context"
	"errors"

	"github.com/hookseal/hookseal/engine/webhook"
)

// load hands the script over to a process that does not know it yet.
func (g *guest) load(ctx context.Context, p *process) (loadedMessage, error) {
	m := loadMessage{Script: g.number, Code: g.code}
	within := bounds{kindFault: maxFault, kindFailure: maxFault, kindLoaded: 1024}
	if g.bundle != nil {
		m.Bundles, m.Bundled = true, g.endings
		within[kindWantBundle] = 0
	}
	var made loadedMessage
	var said answer
	limit := loadPatience(g.limits.Time, len(g.code.Code))
	err := p.exchange(ctx, limit, kindLoad, m, within, func(f frame) (_ bool, err error) {
		switch f.kind {
		case kindWantBundle:
			delete(within, kindWantBundle)
			return false, g.sendBundle(p)
		case kindLoaded:
			return true, readValue(f.payload, &made)
		}
		said, err = g.said(f)
		return true, err
	})
	switch {
	case err != nil:
		return made, err
	case said.error != nil:
		return made, said
	}
	p.loaded[g.number] = true
	return made, nil
}

// sendBundle sends the bundle of the script, or why there is none.
func (g *guest) sendBundle(p *process) error {
	made, err := g.bundle()
	if err == nil {
		return p.send(kindBundle, bundleMessage{Script: made.Script, Origins: made.Origins})
	}
	fault, ok := errors.AsType[*webhook.GuestError](err)
	if !ok {
		fault = g.fault(webhook.GuestCompile, "%v", err)
	}
	return p.send(kindNoBundle, *fault)
}
