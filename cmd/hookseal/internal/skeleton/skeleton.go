package skeleton

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed provider.toml.txt
var provider string

//go:embed README.md.txt
var readme string

// id is what the folder of a pack may be called.
var id = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const maxID = 64

// CheckName reports why a pack cannot have a name.
func CheckName(name string) error {
	if len(name) > maxID || !id.MatchString(name) {
		return fmt.Errorf("name %q must be lower-case letters and digits, parted by hyphens, at most %d, such as acme-pay", name, maxID)
	}
	return nil
}

// Write makes the folder of a pack below parent and returns
// its path. It overwrites nothing: the error is that of [CheckName], and
// [os.ErrExist] where there is
// something of that name.
func Write(parent, name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	dir := filepath.Join(parent, name)
	vectors, err := vectorsFor(headerOf(name))
	if err != nil {
		return "", err
	}
	fill := strings.NewReplacer("@ID@", name, "@TITLE@", titleOf(name), "@HEADER@", headerOf(name), "@DIR@", dir, "@PARENT@", parent)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	for file, text := range map[string]string{
		"provider.toml": fill.Replace(provider),
		"README.md":     fill.Replace(readme),
		"vectors.json":  string(vectors),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return "", fmt.Errorf("%w (%s is incomplete: remove it)", err, dir)
		}
	}
	return dir, nil
}

func titleOf(name string) string { return capitals(name, " ") }

func headerOf(name string) string { return "X-" + capitals(name, "-") }

// capitals writes the words of a name with capitals, joined otherwise.
func capitals(name, between string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, between)
}
