package receive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// wants is what a subscription takes, in the words of the documentation.
func wants(s Subscription, source, typ string) bool {
	if s.Source != source {
		return false
	}
	return len(s.Types) == 0 || slices.ContainsFunc(s.Types, func(pattern string) bool {
		above, wild := strings.CutSuffix(pattern, ".*")
		return pattern == "*" || pattern == typ || wild && strings.HasPrefix(typ, above+".")
	})
}

// The index finds whom a look at each subscription finds, in the same order.
func TestTakers(t *testing.T) {
	names := []string{"", "a", "b", "a.b", "a.b.c", "a.", ".", ".a", "a..b", "*", "a.*", "a.b.*", ".*", "a.*.c", "*.a", "b.*"}
	chance := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var all []Subscription
		for i := range chance.IntN(8) {
			s := Subscription{Name: fmt.Sprint(i), Source: names[1+chance.IntN(2)]}
			for range chance.IntN(4) {
				s.Types = append(s.Types, names[chance.IntN(len(names))])
			}
			all = append(all, s)
		}
		source, typ := names[1+chance.IntN(2)], names[chance.IntN(len(names))]
		var want []int
		for i, s := range all {
			if wants(s, source, typ) {
				want = append(want, i)
			}
		}
		if got := newRoutes(all).takers(source, typ); !slices.Equal(got, want) {
			t.Fatalf("takers(%q, %q) of %+v = %v, want %v", source, typ, all, got, want)
		}
	}
}

// A type that a sender made long on purpose costs no more than a short one.
func TestTakersOfLongType(t *testing.T) {
	r := newRoutes([]Subscription{{Source: "s", Types: []string{"a.b.*", "a.*"}}, {Source: "s", Types: []string{".*"}}})
	long := "a." + strings.Repeat(".", 8<<20)
	if got, want := r.takers("s", long), []int{0}; !slices.Equal(got, want) {
		t.Errorf("takers = %v, want %v", got, want)
	}
}

// What an event costs does not depend on how many others subscribe.
func BenchmarkTakers(b *testing.B) {
	for _, n := range []int{10, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var all []Subscription
			for i := range n {
				all = append(all, Subscription{Source: "s", Types: []string{fmt.Sprint("type.", i)}})
			}
			r := newRoutes(all)
			for b.Loop() {
				if len(r.takers("s", "type.7")) != 1 {
					b.Fatal("want one taker")
				}
			}
		})
	}
}
