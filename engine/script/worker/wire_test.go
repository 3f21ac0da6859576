package worker

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// messages are one of each that is sent.
func messages() []any {
	return []any{
		&startMessage{}, &readyMessage{}, &loadMessage{}, &loadedMessage{}, &bundleMessage{}, &transformMessage{}, &claimMessage{},
		&logMessage{}, &outputsMessage{}, &failureMessage{}, &claimedMessage{}, &webhook.GuestError{}, &nothing{},
	}
}

// fill sets every field that there is, so that a field which a message gains is
// tested by being there.
func fill(v reflect.Value, r *rand.Rand, depth int) {
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Unix(r.Int64N(1<<40), r.Int64N(1e9)).UTC()
		return
	case *netip.Addr:
		*at = netip.AddrFrom4([4]byte{byte(r.Int()), 2, 3, 4})
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.String:
		v.SetString(string([]byte{byte(r.Int()), byte(r.Int()), 0xff}[:r.IntN(4)]))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), r, depth)
		}
	case reflect.Pointer:
		if depth < 8 && r.IntN(2) == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), r, depth+1)
		}
	case reflect.Slice:
		if n := r.IntN(4) - 1; depth < 8 && n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(v.Index(i), r, depth+1)
			}
		}
	case reflect.Map:
		if n := r.IntN(4) - 1; n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(key, r, depth+1)
				fill(value, r, depth+1)
				v.SetMapIndex(key, value)
			}
		}
	default:
		if v.CanInt() {
			v.SetInt(r.Int64() >> (64 - v.Type().Bits()))
		} else {
			v.SetUint(r.Uint64() >> (64 - v.Type().Bits()))
		}
	}
}

func TestMessagesComeAsTheyWereSent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, message := range messages() {
		sent := reflect.ValueOf(message).Elem()
		for range 200 {
			sent.SetZero()
			fill(sent, r, 0)
			b, err := appendValue(nil, sent)
			if err != nil {
				t.Fatalf("appendValue(%T) = %v", message, err)
			}
			came := reflect.New(sent.Type())
			if err := readValue(b, came.Interface()); err != nil {
				t.Fatalf("readValue(%T) = %v", message, err)
			}
			if !reflect.DeepEqual(came.Elem().Interface(), sent.Interface()) {
				t.Fatalf("it came as\n%#v, want\n%#v", came.Elem(), sent)
			}
			if len(b) > 0 {
				if err := readValue(b[:len(b)-1], came.Interface()); err == nil {
					t.Errorf("%T was read without its last byte", message)
				}
			}
			if err := readValue(append(b, 0), came.Interface()); !errors.Is(err, errWire) {
				t.Errorf("readValue with a byte too many = %v, want %v", err, errWire)
			}
		}
	}
}

// What a hostile worker announces is not believed.
func TestAnnouncedLengthsTakeNoMemory(t *testing.T) {
	huge := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	deep := bytes.Repeat([]byte{2, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, 1<<16)
	for _, message := range messages() {
		for _, b := range [][]byte{huge, append([]byte{0}, huge...), append([]byte{0, 0}, huge...), deep, append([]byte{0}, deep...)} {
			took := allocated(func() { _ = readValue(b, message) })
			if most := uint64(100*len(b) + 1<<16); took > most {
				t.Errorf("reading %d bytes as %T took %d bytes, want at most %d", len(b), message, took, most)
			}
		}
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestNestingIsBounded(t *testing.T) {
	part := webhook.Part{Kind: webhook.Nested}
	for range 40 {
		part = webhook.Part{Kind: webhook.Nested, Inner: &webhook.Digest{Parts: []webhook.Part{part}}}
	}
	b, err := appendValue(nil, reflect.ValueOf(part))
	if err != nil {
		t.Fatal(err)
	}
	if err := readValue(b, &part); !errors.Is(err, errWire) {
		t.Errorf("readValue = %v, want %v", err, errWire)
	}
}

// What the parent reads may be anything.
func FuzzFrames(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for i, message := range messages() {
		fill(reflect.ValueOf(message).Elem(), r, 0)
		b, err := encode(kind(i+65), reflect.ValueOf(message).Elem().Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	within := bounds{}
	for k := range kind(255) {
		within[k] = 1 << 16
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in := bytes.NewReader(b)
		for {
			got, err := readFrame(in, within)
			if err != nil {
				return
			}
			for _, message := range messages() {
				if readValue(got.payload, message) != nil {
					continue
				}
				if _, err := appendValue(nil, reflect.ValueOf(message).Elem()); err != nil {
					t.Errorf("%#v was read and cannot be written: %v", message, err)
				}
			}
		}
	})
}

func TestFramesAreBounded(t *testing.T) {
	for name, b := range map[string][]byte{
		"too long":     {byte(kindLog), 0, 0, 1, 1},
		"unknown kind": {200, 0, 0, 0, 0},
		"kind 0":       {0, 0, 0, 0, 0},
	} {
		if _, err := readFrame(bytes.NewReader(b), bounds{kindLog: 256}); !errors.Is(err, errWire) {
			t.Errorf("%s: readFrame = %v, want %v", name, err, errWire)
		}
	}
	// Two gigabytes are announced, and none comes.
	b := []byte{byte(kindLog), 0x7f, 0xff, 0xff, 0xff}
	took := allocated(func() {
		if _, err := readFrame(bytes.NewReader(b), bounds{kindLog: maxFrame}); err == nil {
			t.Error("a frame without its payload was read")
		}
	})
	if took > 4*firstRead {
		t.Errorf("reading an empty frame took %d bytes", took)
	}
}
