package starter

import (
	"embed"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

//go:embed text
var texts embed.FS

// Languages returns the languages that a module may be begun in.
func Languages() []string { return []string{"c", "rust", "assemblyscript", "go"} }

// Hooks returns the hooks that a module may be begun with.
func Hooks() []webhook.Hook { return []webhook.Hook{webhook.HookTransform, webhook.HookClaim} }

// Options say what is written.
type Options struct {
	// Name is what the module and its folder are called.
	Name string
	// Language is one of [Languages], Hook one of [Hooks].
	Language string
	Hook     webhook.Hook
}

// name is what a module may be called, in every language.
var name = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxName = 64

// Check reports why a module cannot be begun with these options.
func (o Options) Check() error {
	switch {
	case len(o.Name) > maxName || !name.MatchString(o.Name):
		return fmt.Errorf("name %q must be lower-case letters and digits, parted by hyphens, that begin with a letter, at most %d, such as redact-orders", o.Name, maxName)
	case !slices.Contains(Languages(), o.Language):
		return fmt.Errorf("there is no SDK for %q; languages are %s", o.Language, strings.Join(Languages(), ", "))
	case !slices.Contains(Hooks(), o.Hook):
		return fmt.Errorf("there is no hook %q; hooks are transform, claim", o.Hook)
	}
	return nil
}

// Write makes the folder of a module below parent and returns its path. It
// overwrites nothing: the error is that of [Options.Check], and [os.ErrExist] where
// there is something of that name.
func Write(parent string, o Options) (string, error) {
	if err := o.Check(); err != nil {
		return "", err
	}
	files, err := o.files()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(parent, o.Name)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	for _, f := range files {
		if err := f.write(dir); err != nil {
			return "", fmt.Errorf("%w (%s is incomplete: remove it)", err, dir)
		}
	}
	return dir, nil
}

// file is one file of the folder, its path with slashes.
type file struct {
	path string
	text string
}

func (f file) write(dir string) error {
	to := filepath.Join(dir, filepath.FromSlash(f.path))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if path.Ext(f.path) == ".sh" {
		mode = 0o755
	}
	return os.WriteFile(to, []byte(f.text), mode)
}

// files returns what is written.
func (o Options) files() ([]file, error) {
	l := layouts()[o.Language]
	files, err := l.copies(o)
	if err != nil {
		return nil, err
	}
	own := map[string]string{
		"build-" + o.Language + ".sh":          "build.sh",
		"README-" + string(o.Hook) + ".md":     "README.md",
		"manifest-" + string(o.Hook) + ".toml": hostabi.ManifestName(o.Name + ".wasm"),
	}
	if o.Hook == webhook.HookTransform {
		own["test.toml"] = "tests/" + o.Name + ".test.toml"
	}
	for from, to := range l.texts {
		own[from] = to
	}
	fill := strings.NewReplacer("@NAME@", o.Name, "@LANGUAGE@", l.title, "@SOURCE@", l.sourceFile(o), "@SDK@", l.sdk, "@GO@", goVersion)
	for from, to := range own {
		text, err := texts.ReadFile("text/" + from)
		if err != nil {
			return nil, err
		}
		files = append(files, file{to, fill.Replace(string(text))})
	}
	return files, nil
}
