package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/rawhttp"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// signing is a request that is to be signed.
type signing struct {
	selection
	body, method, event, id, send string
	headers                       []string
}

func newSignCommand() *cobra.Command {
	var s signing
	cmd := &cobra.Command{
		Use:   "sign (--provider NAME | --pack DIR) --secret REF --body FILE [flags]",
		Short: "Sign a body as a provider would, and print or send the request",
		Long: `Sign makes the request that a provider would send with this body, and prints it
in the form that hookseal verify reads. With --send it is sent instead, and the
answer is printed.

A provider whose signature covers a body that is written anew (Chaindoc) is given
that body: what is sent is what was signed.

Exit status: 0 signed, or sent and answered 2xx; 1 answered with something else;
2 if it could not be signed or sent.`,
		Example: `  hookseal sign --provider chaindoc --secret plain:s3cret --event document.signed --body event.json
  hookseal sign --provider standard-webhooks --secret env:HOOK_SECRET --body event.json | \
      hookseal verify --provider standard-webhooks --secret env:HOOK_SECRET -
  hookseal sign --provider dastra --secret env:DASTRA_SECRET --body event.json \
      --send http://127.0.0.1:8080/in/privacy`,
		Args: positional(0, 0, ""),
	}
	s.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&s.body, "body", "", "the `FILE` that holds the body, - for standard input")
	f.StringArrayVar(&s.headers, "header", nil, "a further header field, as `NAME=VALUE`; repeatable")
	f.StringVar(&s.event, "event", "", "the `TYPE` of the event, where the provider names it in a header")
	f.StringVar(&s.id, "id", "", "the `ID` of the event, where the provider names it in a header (default random)")
	f.StringVar(&s.method, "method", http.MethodPost, "the `METHOD` of the request")
	f.StringVar(&s.url, "url", "", "the `URL` that the request is for (default https://localhost/)")
	f.StringVar(&s.send, "send", "", "send the request to this `URL`")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		req, err := s.sign(cmd.Context(), cmd.InOrStdin())
		if err != nil {
			return err
		}
		if s.send != "" {
			return deliver(cmd.Context(), cmd.OutOrStdout(), req, *asJSON)
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), signedReport(req))
		}
		_, err = cmd.OutOrStdout().Write(rawhttp.Append(nil, req))
		return err
	}
	return cmd
}

func (s *signing) sign(ctx context.Context, stdin io.Reader) (*webhook.Request, error) {
	switch {
	case s.body == "":
		return nil, usage("--body is missing: a file, or - for standard input")
	case s.url != "" && s.send != "":
		return nil, usage("--url and --send exclude each other: what is sent is signed for where it goes")
	}
	pack, secrets, now, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer pack.Close(ctx)
	if len(secrets) == 0 && !pack.Provider.Sender.Unsigned {
		return nil, usage("--secret is missing: env:NAME, file:PATH or plain:VALUE")
	}
	req, err := s.request(stdin)
	if err != nil {
		return nil, err
	}
	m := scheme.Message{ID: s.id, Type: s.event, Time: now}
	if m.ID == "" {
		m.ID = "msg_" + rand.Text()
	}
	return req, signWith(pack, req, m, secrets)
}

func signWith(pack *catalog.Pack, req *webhook.Request, m scheme.Message, secrets []webhook.Secret) error {
	if err := pack.Sign(req, m, secrets); err != nil {
		return fmt.Errorf("%s: %w", pack.Provider.ID, err)
	}
	return nil
}

func (s *signing) request(stdin io.Reader) (*webhook.Request, error) {
	body, err := readInput(stdin, s.body, maxRequest)
	if err != nil {
		return nil, err
	}
	req := &webhook.Request{
		Method: s.method, Target: "/", Scheme: "https", Host: "localhost",
		Header: http.Header{"Content-Type": {"application/json"}}, Body: body,
	}
	for _, address := range []string{s.url, s.send} {
		if address == "" {
			continue
		}
		u, err := rawhttp.ParseURL(address)
		if err != nil {
			return nil, usage("%q: %w", address, err)
		}
		u.Apply(req)
	}
	for _, text := range s.headers {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usage("--header %q must be NAME=VALUE", text)
		}
		req.Header.Set(name, value)
	}
	return req, checkWritable(req)
}

// checkWritable refuses a method or header that would end its line early.
func checkWritable(req *webhook.Request) error {
	if _, err := rawhttp.Parse(rawhttp.Append(nil, req)); err != nil {
		return &usageError{err}
	}
	return nil
}
