package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hookseal/hookseal/engine/configfile"
)

func newHealthCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask the server of this machine whether it takes events",
		Long: `Health asks /readyz of the server that listens where the configuration says
(monitor, or else listen), and prints what keeps it from taking events. It is for
the health check of a container, which has no other program to ask with.

A server that demands certificates of its clients is asked at monitor alone.

Exit status: 0 if it is ready, 1 if it is not, 2 if it does not answer.`,
		Example: `  hookseal health --config /etc/hookseal/hookseal.toml`,
		Args:    positional(0, 0, ""),
	}
	config := configFlag(cmd)
	timeout := cmd.Flags().Duration("timeout", 5*time.Second, "how long to wait for the answer, as `DURATION`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		outline, err := readConfig(*config, configfile.ReadOutline)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), *timeout)
		defer cancel()
		status, text, err := askReady(ctx, outline)
		if err != nil {
			return err
		}
		fmt.Fprint(cmd.OutOrStdout(), text)
		if status != http.StatusOK {
			return &noError{}
		}
		return nil
	}
	return cmd
}

// askReady returns what /readyz answers.
func askReady(ctx context.Context, o configfile.Outline) (status int, text string, err error) {
	if o.Monitor != "" {
		o.Listen, o.Certificate = o.Monitor, ""
	}
	address, err := reach(o.Listen)
	if err != nil {
		return 0, "", err
	}
	target, transport := "http://", &http.Transport{}
	if o.Certificate != "" {
		target = "https://"
		if transport.TLSClientConfig, err = trusting(o.Certificate); err != nil {
			return 0, "", err
		}
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+address+"/readyz", nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, "", fmt.Errorf("the server does not answer: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	return resp.StatusCode, string(body), err
}

// reach returns where this machine reaches a server that listens on the address.
// It is a number where that is every address: a container need not know localhost.
func reach(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", err
	}
	switch addr, err := netip.ParseAddr(host); {
	case host == "" || err == nil && addr == netip.IPv4Unspecified():
		host = "127.0.0.1"
	case err == nil && addr == netip.IPv6Unspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}

// trusting takes the certificate of the configuration for the server's, whoever
// signed it, whatever name it is for and whenever it ends.
func trusting(path string) (*tls.Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(text)
	for block != nil && block.Type != "CERTIFICATE" {
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return nil, errors.New(path + " holds no certificate in PEM")
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		// What is verified instead is that it is the very certificate.
		InsecureSkipVerify: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if !bytes.Equal(state.PeerCertificates[0].Raw, block.Bytes) {
				return errors.New("it shows another certificate than that of " + path)
			}
			return nil
		},
	}, nil
}
