package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/rawhttp"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func newVerifyCommand() *cobra.Command {
	var s verification
	cmd := &cobra.Command{
		Use:   "verify (--provider NAME | --pack DIR) --secret REF [flags] FILE",
		Short: "Judge one request by the scheme of a provider",
		Long: `Verify judges the HTTP request in FILE, or on standard input for "-".

The file holds the request as it came: the request line, the header lines, a
blank line, and the body, which is all bytes after it. A chunked body is decoded.
Beware of editors that add a newline at the end: the body is taken byte for byte,
and one that does not have the length of its Content-Length is not judged.

The signature alone is judged. What a source demands beside it is the source's:
"covers" shows which parts the signature vouches for.

Exit status: 0 accepted, 1 rejected, 2 if it could not be judged.`,
		Example: `  hookseal verify --provider chaindoc --secret env:CHAINDOC_SECRET request.http
  hookseal verify --provider standard-webhooks --secret file:/run/secrets/hooks \
      --at 2026-01-02T03:04:05Z request.http
  hookseal verify --pack ./packs/acme --secret plain:s3cret --setting tolerance=1h - < request.http`,
		Args: positional(1, 1, "FILE"),
	}
	s.flags(cmd)
	cmd.Flags().StringVar(&s.url, "url", "", "the `URL` that the sender called, where a proxy changed it: sets scheme, host and target")
	cmd.Flags().StringArrayVar(&s.tokens, "token", nil, "a verification token for handshakes, by `REF`; repeatable")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(s.secrets)+len(s.tokens) == 0 {
			return usage("--secret is missing: env:NAME, file:PATH or plain:VALUE")
		}
		r, err := s.verify(cmd.Context(), cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(cmd.OutOrStdout(), r)
		} else {
			err = r.print(cmd.OutOrStdout())
		}
		if err == nil && r.Outcome == webhook.Reject.String() {
			err = &noError{}
		}
		return err
	}
	return cmd
}

// verification is a selection with the tokens of a provider's handshakes.
type verification struct {
	selection
	tokens []string
}

func (s *verification) verify(ctx context.Context, stdin io.Reader, file string) (*verifyReport, error) {
	pack, secrets, now, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer pack.Close(ctx)
	tokens, err := references("--token", s.tokens, func(webhook.Secret) error { return nil })
	if err != nil {
		return nil, err
	}
	req, err := s.readRequest(stdin, file)
	if err != nil {
		return nil, err
	}
	req.Received = now
	j, handshake := pack.Answer(req, scheme.Keys{Secrets: secrets, Tokens: tokens}, now)
	if !handshake {
		if j, err = pack.Judge(ctx, req, catalog.Keys{Secrets: webhook.Secrets(secrets)}, webhook.Hint{}, now); err != nil {
			return nil, err
		}
	}
	return newVerifyReport(pack, req, secrets, j, now), nil
}

// maxRequest is the largest file that is read as a request, in bytes.
const maxRequest = 64 << 20

func (s *selection) readRequest(stdin io.Reader, file string) (*webhook.Request, error) {
	data, err := readInput(stdin, file, maxRequest)
	if err != nil {
		return nil, err
	}
	req, err := rawhttp.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if s.url != "" {
		u, err := rawhttp.ParseURL(s.url)
		if err != nil {
			return nil, usage("--url: %w", err)
		}
		u.Apply(req)
	}
	return req, nil
}

// readInput reads a file, or standard input for "-".
func readInput(stdin io.Reader, file string, most int64) ([]byte, error) {
	in := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s has more than %d bytes", file, most)
	}
	return data, err
}
