package worker

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

type kinds []webhook.GuestErrorKind

// hostile says how each script of testdata/hostile must end: with one of several
// kinds where one limit comes so close after another that the machine decides.
var hostile = map[string]kinds{
	"apply-many":                 {webhook.GuestMemory},
	"array-buffer":               {webhook.GuestMemory},
	"array-buffer-too-large":     {webhook.GuestThrow},
	"array-concat":               {webhook.GuestMemory, webhook.GuestTimeout},
	"array-copies":               {webhook.GuestMemory},
	"array-fill":                 {webhook.GuestMemory},
	"array-fill-by-another-name": {webhook.GuestMemory, webhook.GuestTimeout},
	"array-flat":                 {webhook.GuestTrap, webhook.GuestTimeout, webhook.GuestMemory},
	"array-from-length":          {webhook.GuestMemory, webhook.GuestTimeout},
	"array-join":                 {webhook.GuestMemory, webhook.GuestTimeout},
	"array-length-holes":         {webhook.GuestTimeout},
	"array-species":              {webhook.GuestMemory},
	"array-spread":               {webhook.GuestMemory},
	"array-to-string":            {webhook.GuestTrap, webhook.GuestTimeout},
	"await-endless":              {webhook.GuestTimeout},
	"base64-long":                {webhook.GuestTimeout},
	"bigint-power":               {webhook.GuestTimeout},
	"bigint-shift":               {webhook.GuestMemory},
	"bigint-square":              {webhook.GuestTimeout},
	"bigint-to-string":           {webhook.GuestTimeout},
	"code-long":                  {webhook.GuestMemory, webhook.GuestTimeout},
	"code-nesting":               {webhook.GuestTrap, webhook.GuestTimeout},
	"code-prefixes":              {webhook.GuestTrap, webhook.GuestTimeout},
	"console-flood":              {webhook.GuestTimeout},
	"console-large":              {webhook.GuestTimeout},
	"constant-folding":           {webhook.GuestMemory},
	"digest-large":               {webhook.GuestTimeout},
	"generator-endless":          {webhook.GuestTrap, webhook.GuestTimeout},
	"generator-spread":           {webhook.GuestMemory},
	"getter-endless":             {webhook.GuestTimeout},
	"iterator-endless":           {webhook.GuestTimeout},
	"json-nesting":               {webhook.GuestThrow},
	"json-stringify-doubling":    {webhook.GuestMemory, webhook.GuestTimeout},
	"json-to-json":               {webhook.GuestTimeout},
	"map-gather":                 {webhook.GuestMemory},
	"normalize-large":            {webhook.GuestTimeout},
	"output-doubling":            {webhook.GuestTimeout},
	"output-large":               {webhook.GuestOutput},
	"output-length":              {webhook.GuestOutput},
	"output-many":                {webhook.GuestOutput},
	"promise-all":                {webhook.GuestMemory, webhook.GuestTimeout},
	"promise-endless":            {webhook.GuestTimeout},
	"prototype-cycle":            {webhook.GuestTimeout},
	"prototype-getter":           {webhook.GuestTimeout},
	"prototype-to-json":          {webhook.GuestTimeout},
	"proxy-chain":                {webhook.GuestTimeout},
	"proxy-many-keys":            {webhook.GuestTimeout},
	"proxy-own-keys":             {webhook.GuestTimeout},
	"recursion":                  {webhook.GuestTrap},
	"recursion-callback":         {webhook.GuestTimeout},
	"recursion-caught":           {webhook.GuestTrap},
	"recursion-eval":             {webhook.GuestTimeout},
	"recursion-getter":           {webhook.GuestTimeout},
	"regexp-backreference":       {webhook.GuestTimeout},
	"regexp-backtracking":        {webhook.GuestTimeout},
	"regexp-nesting":             {webhook.GuestTrap, webhook.GuestTimeout},
	"regexp-replace":             {webhook.GuestMemory, webhook.GuestTimeout},
	"sort-comparator":            {webhook.GuestTimeout},
	"sort-large":                 {webhook.GuestTimeout},
	"string-doubling":            {webhook.GuestMemory, webhook.GuestTimeout},
	"string-doubling-unicode":    {webhook.GuestMemory},
	"string-pad":                 {webhook.GuestMemory},
	"string-repeat":              {webhook.GuestMemory},
	"structured-clone-again":     {webhook.GuestTimeout},
	"structured-clone-deep":      {webhook.GuestTrap, webhook.GuestTimeout},
	"text-encoder-large":         {webhook.GuestMemory, webhook.GuestTimeout},
	"to-primitive-large":         {webhook.GuestMemory},
	"to-string-endless":          {webhook.GuestTimeout},
	"url-long":                   {webhook.GuestThrow},
	"value-of-endless":           {webhook.GuestTimeout},
}

// slack is what a call may take beyond its limit before a test calls it late: as
// much again.
const slack = 2

// No script takes the server down: each ends within twice its time, as it must,
// while good events flow beside it and the server's own memory stays as it was.
//
// It takes every fifth script, and all of them where HOOKSEAL_CI is set.
func TestHostileScripts(t *testing.T) {
	if raced {
		t.Skip("the race detector takes memory and time of its own")
	}
	files, err := filepath.Glob("../testdata/hostile/*.js")
	if err != nil || len(files) < 30 || len(files) != len(hostile) {
		t.Fatalf("%d scripts, %v, want as many as the table has and 30 at least", len(files), err)
	}
	l := newLoader(2)
	flow := startFlow(t, load(t, l, "good.js", `export default (event) => ({ data: { n: event.data.n + 1 } })`, roomy))
	before := ownMemory()
	peak := before
	every := 5
	if os.Getenv("HOOKSEAL_CI") != "" && !testing.Short() {
		every = 1
	}
	for i, file := range files {
		if i%every != 0 {
			continue
		}
		name := strings.TrimSuffix(filepath.Base(file), ".js")
		runHostile(t, l, name, file)
		flow.waitForOne(t)
		peak = max(peak, ownMemory())
	}
	worst := flow.stop()
	if worst > time.Second {
		t.Errorf("a good event took %v beside the hostile scripts", worst)
	}
	t.Logf("good events took %v at most; the server has %d KB, had %d KB and %d KB at most", worst, ownMemory()>>10, before>>10, peak>>10)
	if grown := int64(peak) - int64(before); grown > 32<<20 {
		t.Errorf("the server's memory grew by %d KB", grown>>10)
	}
}

// runHostile runs a script, again if the machine was busy with something else.
func runHostile(t *testing.T, l *Loader, name, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	limits := webhook.GuestLimits{}.WithDefaults()
	var took time.Duration
	for range 3 {
		var got webhook.GuestErrorKind
		got, took = endOf(t, l, webhook.GuestCode{Name: name + ".js", Code: text, Limits: limits})
		switch want, late := hostile[name], took > slack*limits.Time; {
		case !late && slices.Contains(want, got):
			return
		case got != webhook.GuestTimeout && !slices.Contains(want, got):
			t.Errorf("%s ended with %q, want one of %q", name, got, want)
			return
		}
	}
	t.Errorf("%s took %v, more than %d times its limit, or ran out of time", name, took, slack)
}

// endOf says how a script ends and after how long.
func endOf(t *testing.T, l *Loader, code webhook.GuestCode) (webhook.GuestErrorKind, time.Duration) {
	g, err := l.Load(t.Context(), code)
	if err != nil {
		return faultOf(t, err).Kind, 0
	}
	defer g.Close(t.Context())
	began := time.Now()
	outputs, err := g.Transform(t.Context(), event(`{"n":1}`), webhook.TransformContext{Log: func(string, string) {}})
	took := time.Since(began)
	if err == nil {
		t.Fatalf("%s gave %d outputs", code.Name, len(outputs))
	}
	return faultOf(t, err).Kind, took
}

// flow is a stream of good events, a hundred a second.
type flow struct {
	ended  sync.WaitGroup
	cancel context.CancelFunc
	served chan bool

	mu    sync.Mutex
	worst time.Duration
}

func startFlow(t *testing.T, g webhook.Guest) *flow {
	ctx, cancel := context.WithCancel(t.Context())
	f := &flow{cancel: cancel, served: make(chan bool)}
	f.ended.Go(func() {
		ticks := time.NewTicker(10 * time.Millisecond)
		defer ticks.Stop()
		for ctx.Err() == nil {
			began := time.Now()
			outputs, err := g.Transform(context.Background(), event(`{"n":1}`), webhook.TransformContext{})
			if err != nil || string(outputs[0].Body) != `{"n":2}` {
				t.Errorf("a good event = %q, %v", outputs, err)
			}
			f.mu.Lock()
			f.worst = max(f.worst, time.Since(began))
			f.mu.Unlock()
			select {
			case f.served <- true:
			case <-ticks.C:
			case <-ctx.Done():
			}
		}
	})
	t.Cleanup(func() { f.stop() })
	return f
}

// waitForOne waits until a further event has been served.
func (f *flow) waitForOne(t *testing.T) {
	select {
	case <-f.served:
	case <-time.After(10 * time.Second):
		t.Fatal("no good event is served any more")
	}
}

func (f *flow) stop() time.Duration {
	f.cancel()
	f.ended.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.worst
}

// ownMemory is what this process holds of the system's memory for Go, in bytes.
func ownMemory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}
