package script

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// bodyOfSize is an event of about so many bytes.
func bodyOfSize(size int) []byte {
	var items []string
	for n := 150; n < size; n += 105 {
		items = append(items, fmt.Sprintf(`{"email":"signer%04d@example.com","signedAt":"2024-12-04T10:30:00.000Z","order":%04d,"weight":1.50,"ok":true}`, n, n+1000))
	}
	return []byte(`{"event":"document.signed","documentId":"86840ee4-8bf2-4a91-a289-e99d8307ec25","signers":[` +
		strings.Join(items, ",") + `],"amount":12.50,"timestamp":"2024-12-04T10:32:00.000Z"}`)
}

// bare runs the same script over the same decoder in goja alone: no limits, no
// log, no event but its data, no reading of the result but of its data.
func bare(tb testing.TB, g *guest, body []byte) {
	c := &call{guest: g, vm: goja.New()}
	if _, err := c.vm.RunProgram(g.unit.program); err != nil {
		tb.Fatal(err)
	}
	value, err := c.vm.RunProgram(g.unit.hooks[webhook.HookTransform])
	if err != nil {
		tb.Fatal(err)
	}
	transform, _ := goja.AssertFunction(value)
	data, err := c.parseJSON(body)
	if err != nil {
		tb.Fatal(err)
	}
	event := c.vm.NewObject()
	define(event, "type", c.vm.ToValue("document.signed"))
	define(event, "data", data)
	result, err := transform(goja.Undefined(), event)
	if err != nil {
		tb.Fatal(err)
	}
	w := &jsonWriter{call: c, limit: 4 << 20}
	if err := w.value(result.ToObject(c.vm).Get("data")); err != nil {
		tb.Fatal(err)
	}
}

// pairs times two functions by turns, and reports the median of the ratio of
// the first to the second with the tenth and the ninetieth percentile.
func pairs(b *testing.B, first, second func()) {
	var ratios []float64
	batch := func(f func()) float64 {
		began := time.Now()
		for range 2 {
			f()
		}
		return float64(time.Since(began))
	}
	for b.Loop() {
		ratios = append(ratios, batch(first)/batch(second))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
	b.ReportMetric(ratios[len(ratios)/10], "p10")
	b.ReportMetric(ratios[len(ratios)*9/10], "p90")
}

// What the host adds to a bare run of the same script: at most a fifth.
func BenchmarkOverBare(b *testing.B) {
	scripts := []struct{ name, code string }{
		{"edit", `export default (event) => { event.data.amount = 13; return event }`},
		{"wrap", `export default (event) => ({ data: { kind: event.type, document: event.data.documentId, signers: event.data.signers } })`},
		{"map", `export default (event) => ({ data: event.data.signers.map((s) => ({ who: s.email, at: new Date(s.signedAt).getTime(), n: s.order * 2 })) })`},
	}
	for _, size := range []int{1 << 10, 16 << 10, 64 << 10} {
		for _, s := range scripts {
			b.Run(fmt.Sprintf("%dK/%s", size>>10, s.name), func(b *testing.B) {
				loaded, err := Loader{}.Load(b.Context(), webhook.GuestCode{Name: "b.js", Code: []byte(s.code), Limits: webhook.GuestLimits{Time: maxTime}})
				if err != nil {
					b.Fatal(err)
				}
				g := loaded.(*guest)
				ev := &webhook.Event{ID: "evt_1", Type: "document.signed", Body: bodyOfSize(size), Time: time.Now(), Header: http.Header{"Content-Type": {"application/json"}}}
				pairs(b, func() {
					if _, err := g.Transform(b.Context(), ev, webhook.TransformContext{}); err != nil {
						b.Fatal(err)
					}
				}, func() { bare(b, g, ev.Body) })
			})
		}
	}
}

// Reading JSON by the lossless reader, as a share of JSON.parse in goja.
func BenchmarkReaderOverParse(b *testing.B) {
	for _, size := range []int{1 << 10, 16 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dK", size>>10), func(b *testing.B) {
			body := bodyOfSize(size)
			text := string(body)
			g := &guest{unit: &unit{}, limits: webhook.GuestLimits{}.WithDefaults()}
			vm := goja.New()
			parse, _ := goja.AssertFunction(vm.Get("JSON").ToObject(vm).Get("parse"))
			pairs(b, func() {
				c := &call{guest: g, vm: vm}
				if _, err := c.parseJSON(body); err != nil {
					b.Fatal(err)
				}
			}, func() {
				if _, err := parse(goja.Undefined(), vm.ToValue(text)); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
