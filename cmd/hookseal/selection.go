package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// selection is the pack, the secrets and the moment that a command works with.
type selection struct {
	provider, dir, at, url string
	secrets, settings      []string
}

func (s *selection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.provider, "provider", "", "the `NAME` of a provider; see hookseal providers list")
	f.StringVar(&s.dir, "pack", "", "a `DIR` that holds a provider pack")
	f.StringArrayVar(&s.secrets, "secret", nil, "a secret by `REF`: env:NAME, file:PATH or plain:VALUE; repeatable")
	f.StringArrayVar(&s.settings, "setting", nil, "a setting of the provider, as `NAME=VALUE`; repeatable")
	f.StringVar(&s.at, "at", "", "the `TIME` to go by, in RFC 3339 or unix seconds (default now)")
}

func (s *selection) openPack(ctx context.Context) (*catalog.Pack, error) {
	switch {
	case s.provider == "" && s.dir == "":
		return nil, usage("--provider NAME or --pack DIR is missing")
	case s.provider != "" && s.dir != "":
		return nil, usage("--provider and --pack exclude each other")
	}
	settings := map[string]string{}
	for _, text := range s.settings {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usage("--setting %q must be NAME=VALUE", text)
		}
		settings[name] = value
	}
	opt := packOptions(settings)
	if s.dir != "" {
		return catalog.OpenDir(ctx, s.dir, opt)
	}
	return catalog.Builtin().Open(ctx, s.provider, opt)
}

func packOptions(settings map[string]string) catalog.Options {
	return catalog.Options{Settings: settings, Loaders: []webhook.GuestLoader{script.Loader{}, host.Loader{}}}
}

// open returns the pack, which the caller closes, with secrets that fit it, and
// the moment to go by.
func (s *selection) open(ctx context.Context) (*catalog.Pack, []webhook.Secret, time.Time, error) {
	now, err := s.moment()
	if err != nil {
		return nil, nil, now, err
	}
	pack, err := s.openPack(ctx)
	if err != nil {
		return nil, nil, now, err
	}
	secrets, err := references("--secret", s.secrets, pack.CheckSecret)
	if err != nil {
		return nil, nil, now, errors.Join(err, pack.Close(ctx))
	}
	return pack, secrets, now, nil
}

// references returns what the values of a flag refer to, each under a label of
// its own, once it was found fit.
func references(flag string, values []string, fits func(webhook.Secret) error) ([]webhook.Secret, error) {
	var secrets []webhook.Secret
	seen := map[string]int{}
	for i, ref := range values {
		secret, err := configfile.References{}.Secret(ref)
		if err == nil {
			err = fits(secret)
		}
		if err != nil {
			return nil, fmt.Errorf("%s %d: %w", flag, i+1, err)
		}
		if seen[secret.Label]++; seen[secret.Label] > 1 {
			secret.Label += "#" + strconv.Itoa(seen[secret.Label])
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

func (s *selection) moment() (time.Time, error) {
	if s.at == "" {
		return time.Now(), nil
	}
	if n, err := strconv.ParseInt(s.at, 10, 64); err == nil {
		return time.Unix(n, 0), nil
	}
	at, err := time.Parse(time.RFC3339, s.at)
	if err != nil {
		return at, usage("--at %q must be RFC 3339 such as 2026-01-02T03:04:05Z, or unix seconds", s.at)
	}
	return at, nil
}
