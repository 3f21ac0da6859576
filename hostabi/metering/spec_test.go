package metering_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// specSuite returns the folder in which wazero keeps the specification's test
// suite, which its module carries.
func specSuite(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "testdata", "spectest.wasm"))
	}
	if err != nil {
		missing(t, "the WebAssembly test suite is not in the module cache of wazero: %v", err)
	}
	return dir
}

// missing skips the test for want of something, or fails it where everything has
// to be there.
func missing(t *testing.T, format string, values ...any) {
	t.Helper()
	if os.Getenv("HOOKSEAL_CI") != "" {
		t.Fatalf(format, values...)
	}
	t.Skipf(format, values...)
}

// script is a file of the suite, as wast2json writes it.
type script struct {
	Commands []command `json:"commands"`
}

type command struct {
	Type       string `json:"type"`
	Line       int    `json:"line"`
	Name       string `json:"name"`
	Filename   string `json:"filename"`
	As         string `json:"as"`
	ModuleType string `json:"module_type"`
	Action     struct {
		Type, Field, Module string
		Args                []argument
	} `json:"action"`
}

type argument struct {
	Type     string          `json:"type"`
	LaneType string          `json:"lane_type"`
	Value    json.RawMessage `json:"value"`
}

// The suite gives the same results and the same traps metered as plain, and every
// module that is taken plain is taken metered.
func TestSpecificationSuite(t *testing.T) {
	suite := specSuite(t)
	spectest, err := os.ReadFile(filepath.Join(suite, "testdata", "spectest.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for engine, config := range engines() {
		for version, features := range map[string]api.CoreFeatures{"v1": api.CoreFeaturesV1, "v2": api.CoreFeaturesV2} {
			if testing.Short() && (engine != "compiler" || version != "v2") {
				continue
			}
			files, err := filepath.Glob(filepath.Join(suite, version, "testdata", "*.json"))
			if err != nil || len(files) < 50 {
				t.Fatalf("%d files of %s: %v", len(files), version, err)
			}
			checked := 0
			for _, file := range files {
				t.Run(engine+"/"+version+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
					checked += runScript(t, file, spectest, config.WithCoreFeatures(features))
				})
			}
			if checked < 15_000 {
				t.Errorf("%s, %s: %d commands were compared, want the whole suite", engine, version, checked)
			}
		}
	}
}

func runScript(t *testing.T, file string, spectest []byte, config wazero.RuntimeConfig) int {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s script
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	plain := newPlayer(t, config, false, spectest)
	metered := newPlayer(t, config, true, spectest)
	for i, c := range s.Commands {
		if i+1 < len(s.Commands) && s.Commands[i+1].Type == "register" {
			c.As = s.Commands[i+1].As
		}
		want, wantErr := plain.play(t, filepath.Dir(file), c)
		got, gotErr := metered.play(t, filepath.Dir(file), c)
		if got != want || (gotErr == nil) != (wantErr == nil) {
			t.Errorf("line %d, %s %s: metered %q, %v; plain %q, %v", c.Line, c.Type, c.Action.Field, got, gotErr, want, wantErr)
		}
		trapped := strings.HasPrefix(got, "trap: ")
		if ends := c.Type == "assert_trap" || c.Type == "assert_exhaustion"; trapped != ends && c.Action.Field != "" {
			t.Errorf("line %d, %s %s: %q", c.Line, c.Type, c.Action.Field, got)
		}
	}
	return len(s.Commands)
}

// player runs the commands of one script in one world.
type player struct {
	*world
	last  api.Module
	named map[string]api.Module
}

func newPlayer(t *testing.T, config wazero.RuntimeConfig, metered bool, spectest []byte) *player {
	p := &player{world: newWorld(t, config, metered), named: map[string]api.Module{}}
	if _, err := p.Instantiate(context.Background(), spectest); err != nil {
		t.Fatal(err)
	}
	return p
}

// play runs one command. It returns what came of it, and an error if a module was
// not taken, of which the text may differ.
func (p *player) play(t *testing.T, dir string, c command) (string, error) {
	t.Helper()
	switch c.Type {
	case "module", "assert_malformed", "assert_invalid", "assert_unlinkable", "assert_uninstantiable":
		if c.ModuleType == "text" {
			return "", nil
		}
		code, err := os.ReadFile(filepath.Join(dir, c.Filename))
		if err != nil {
			t.Fatal(err)
		}
		mod, err := p.start(code, c.As)
		if c.Type != "module" || err != nil {
			return "", err
		}
		p.last, p.named[c.Name] = mod, mod
		return signatures(mod), nil
	case "register":
		return "", nil
	}
	mod := p.last
	if c.Action.Module != "" {
		mod = p.named[c.Action.Module]
	}
	if c.Action.Type == "get" {
		return describe([]api.ValueType{mod.ExportedGlobal(c.Action.Field).Type()}, []uint64{mod.ExportedGlobal(c.Action.Field).Get()}), nil
	}
	var args []uint64
	for _, a := range c.Action.Args {
		args = append(args, a.bits(t)...)
	}
	return p.call(mod, c.Action.Field, args...), nil
}

// signatures lists the exported functions of a module with their types.
func signatures(mod api.Module) string {
	var out []string
	for name, f := range mod.ExportedFunctionDefinitions() {
		out = append(out, strconv.Quote(name)+string(f.ParamTypes())+">"+string(f.ResultTypes()))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// bits returns the argument as wazero takes it.
func (a argument) bits(t *testing.T) []uint64 {
	t.Helper()
	if a.Type != "v128" {
		var text string
		if err := json.Unmarshal(a.Value, &text); err != nil {
			t.Fatalf("%s: %v", a.Value, err)
		}
		return []uint64{number(t, text, 64) + map[bool]uint64{true: 1}[a.Type == "externref" && text != "null"]}
	}
	var lanes []string
	if err := json.Unmarshal(a.Value, &lanes); err != nil {
		t.Fatalf("%s: %v", a.Value, err)
	}
	width := 128 / len(lanes)
	bits := make([]uint64, 2)
	for i, lane := range lanes {
		bits[i*width/64] |= number(t, lane, width) << (i * width % 64)
	}
	return bits
}

// number reads a number, or the bits of one, of at most so many bits.
func number(t *testing.T, text string, width int) uint64 {
	t.Helper()
	if text == "null" {
		return 0
	}
	if signed, err := strconv.ParseInt(text, 10, 64); err == nil && signed < 0 {
		return uint64(signed) & (1<<width - 1)
	}
	v, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
