package wycheproof

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// vectorFile is one file of vectors, with the members of all kinds of it.
type vectorFile struct {
	TestGroups []group `json:"testGroups"`
}

type group struct {
	PublicKeyPem string          `json:"publicKeyPem"`
	PublicKeyDer hexText         `json:"publicKeyDer"`
	PublicKeyJWK json.RawMessage `json:"publicKeyJwk"`
	TagSize      int             `json:"tagSize"`
	Tests        []vector        `json:"tests"`
}

type vector struct {
	ID      int      `json:"tcId"`
	Comment string   `json:"comment"`
	Flags   []string `json:"flags"`
	Key     hexText  `json:"key"`
	Msg     hexText  `json:"msg"`
	Sig     hexText  `json:"sig"`
	Tag     hexText  `json:"tag"`
	Result  string   `json:"result"`
}

// hexText is bytes that JSON holds in hex.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// folder returns where the vectors are, or skips the test.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := locate()
	if err != nil && os.Getenv("HOOKSEAL_CI") == "" {
		t.Skipf("cargo gives no vectors: %v", err)
	}
	if err != nil {
		t.Fatalf("cargo gives no vectors: %v", err)
	}
	return dir
}

// locate lets cargo fetch the crate.
func locate() (string, error) {
	out, err := exec.Command("cargo", "metadata", "--locked", "--format-version", "1").Output()
	if err != nil {
		if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
			err = fmt.Errorf("%w: %s", err, failed.Stderr)
		}
		return "", err
	}
	var metadata struct {
		Packages []struct {
			Name     string `json:"name"`
			Manifest string `json:"manifest_path"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(out, &metadata); err != nil {
		return "", err
	}
	for _, p := range metadata.Packages {
		if p.Name == "wycheproof" {
			return filepath.Join(filepath.Dir(p.Manifest), "src", "data"), nil
		}
	}
	return "", errors.New("the metadata names no package wycheproof")
}

func read(t *testing.T, dir, name string) []group {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+"_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f.TestGroups
}
