package metering_test

import (
	"fmt"
	"testing"

	"github.com/hookseal/hookseal/hostabi/metering"
)

// BenchmarkRewrite gives the time by the size of the module.
func BenchmarkRewrite(b *testing.B) {
	for _, functionsMade := range []int{10, 100, 1000, 10_000} {
		module := many(functionsMade)
		b.Run(fmt.Sprintf("%dKB", len(module)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(module)))
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				out, err := metering.Rewrite(module, options)
				if err != nil {
					b.Fatal(err)
				}
				size = len(out)
			}
			b.ReportMetric(float64(size)/float64(len(module)), "growth")
		})
	}
}

// many returns a module of so many functions of some 300 bytes.
func many(n int) []byte {
	var indexes []byte
	var bodies []string
	const turn = "\x03\x40\x20\x00\x04\x40\x20\x00\x41\x01\x6b\x21\x00\x0c\x01\x0b\x0b\x20\x00\x10\x00\x1a"
	body := "\x00"
	for range 13 {
		body += turn
	}
	for range n {
		indexes = append(indexes, 0)
		bodies = append(bodies, body+"\x20\x00\x0b")
	}
	return assemble(types(i32, i32), functions(indexes...), exports("f", "\x00"), code(bodies...))
}
