package script_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// oneKilobyte is an event of the size and shape that providers send.
func oneKilobyte() string {
	var items []string
	for i := range 9 {
		items = append(items, fmt.Sprintf(`{"email":"signer%d@example.com","signedAt":"2024-12-04T10:30:0%d.000Z","order":%d,"ok":true}`, i, i, i))
	}
	return `{"event":"document.signed","documentId":"86840ee4-8bf2-4a91-a289-e99d8307ec25","signers":[` +
		strings.Join(items, ",") + `],"amount":12.50,"note":null,"timestamp":"2024-12-04T10:32:00.000Z"}`
}

func benchmarkTransform(b *testing.B, code string) {
	g := load(b, code, roomy)
	ev := event(oneKilobyte())
	b.SetBytes(int64(len(ev.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Transform(b.Context(), ev, webhook.TransformContext{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentity(b *testing.B) {
	benchmarkTransform(b, `export default (event) => event`)
}

func BenchmarkIdentityAfterRead(b *testing.B) {
	benchmarkTransform(b, `export default (event) => event.data.event ? event : null`)
}

func BenchmarkSmallEdit(b *testing.B) {
	benchmarkTransform(b, `export default (event) => { event.data.amount = 13; return event }`)
}

func BenchmarkSmallEditByJSONParse(b *testing.B) {
	benchmarkTransform(b, `export default (event) => { const data = JSON.parse(event.body); data.amount = 13; return { data } }`)
}

// The baselines: the same work in bare goja, on a fresh machine per event.
func benchmarkBare(b *testing.B, code string) {
	program, err := goja.Compile("", code, true)
	if err != nil {
		b.Fatal(err)
	}
	body := oneKilobyte()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		vm := goja.New()
		if _, err := vm.RunProgram(program); err != nil {
			b.Fatal(err)
		}
		f, _ := goja.AssertFunction(vm.Get("transform"))
		if _, err := f(goja.Undefined(), vm.ToValue(body)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareIdentity(b *testing.B) {
	benchmarkBare(b, `function transform(body) { return JSON.stringify(JSON.parse(body)) }`)
}

func BenchmarkBareSmallEdit(b *testing.B) {
	benchmarkBare(b, `function transform(body) { const data = JSON.parse(body); data.amount = 13; return JSON.stringify(data) }`)
}

func BenchmarkBareNothing(b *testing.B) {
	benchmarkBare(b, `function transform(body) { return body }`)
}

func BenchmarkClaim(b *testing.B) {
	g := load(b, slack, roomy)
	req := request(`{"event":{"id":"e1","type":"made"},"tenant":"t1"}`, "X-Ts", "1", "X-Sig", "v0=ab")
	settings := map[string]string{"tenant": "t1", "tolerance": "10m"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.Claim(b.Context(), req, settings); err != nil {
			b.Fatal(err)
		}
	}
}
