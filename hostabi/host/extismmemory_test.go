package host

import (
	"bytes"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever is allocated and freed, no block has a byte in common with another, and
// what is counted is what is held.
func FuzzExtismMemory(f *testing.F) {
	f.Add([]byte{1, 200, 7, 0, 3, 0, 1, 9})
	f.Add(bytes.Repeat([]byte{255, 0}, 40))
	f.Fuzz(func(t *testing.T, steps []byte) {
		memory := &linearMemory{limit: 1 << 20}
		c := &call{limits: webhook.GuestLimits{}.WithDefaults(), memory: memory, body: []byte("body")}
		c.meter.begin(t.Context(), time.Hour, c.limits.Fuel)
		type block struct{ offset, length uint64 }
		var live []block
		denied := func(alloc func() uint64) (offset uint64, denied bool) {
			defer func() {
				if ended, ok := recover().(*abort); ok {
					denied = true
					if ended.kind != webhook.GuestMemory {
						t.Errorf("alloc ends the call with the kind %s", ended.kind)
					}
				}
			}()
			return alloc(), false
		}
		for i, step := range steps[:min(len(steps), 200)] {
			if step%2 == 0 && len(live) > 0 {
				at := int(step/2) % len(live)
				extismFree(args{c, "free", []uint64{live[at].offset}})
				live = append(live[:at], live[at+1:]...)
				continue
			}
			length := uint64(step) * uint64(step) * 3
			offset, full := denied(func() uint64 { return c.alloc(length) })
			if full {
				break
			}
			if length == 0 {
				continue
			}
			b := block{offset, length}
			content := c.shared().bytes[b.offset:][:b.length]
			content[0], content[b.length-1] = byte(i), byte(i)
			for _, other := range live {
				if b.offset < other.offset+other.length && other.offset < b.offset+b.length {
					t.Fatalf("the block %+v has bytes in common with %+v", b, other)
				}
			}
			live = append(live, b)
		}
		for _, b := range live {
			if found, _ := c.shared().find(b.offset); found == nil || found.length != b.length || found.room < found.length {
				t.Errorf("find(%d) = %+v, want a block of %d bytes", b.offset, found, b.length)
			}
		}
		if body := c.shared().bytes[c.shared().input:][:4]; string(body) != "body" {
			t.Errorf("the input is %q now", body)
		}
		if held := uint64(len(c.shared().bytes)); held > memory.beside || memory.beside > memory.limit {
			t.Errorf("%d bytes are held and %d counted, of %d that are granted", held, memory.beside, memory.limit)
		}
	})
}
