//go:build wasip1

// Command goprobe emits what a Go guest sees of the world around it, as the
// setting "case" asks.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/hookseal/hookseal/hostabi/guest"
)

// calls counts the calls that this copy of the program remembers.
var calls int

//go:wasmexport transform
func transform() int32 { return guest.RunTransform(probe) }

//go:wasmexport claim
func claim() int32 { return guest.RunClaim(observe) }

// observe takes as the type of the event what a claim sees of time and chance.
func observe(_ guest.Request, c *guest.Claim) error {
	random, err := look("random")
	c.Type(guest.Text(time.Now().UTC().Format("2006 ") + random))
	c.Challenge(guest.Challenge{Status: 204, Unsigned: true})
	return err
}

func probe(ev guest.Event) error {
	calls++
	text, err := look(ev.Setting("case"))
	if err != nil {
		text = err.Error()
	}
	ev.Emit(guest.Output{Body: []byte(text)})
	return nil
}

func look(what string) (string, error) {
	switch what {
	case "time":
		return time.Now().UTC().Format(time.RFC3339Nano), nil
	case "sleep":
		time.Sleep(time.Hour)
		return time.Now().UTC().Format(time.RFC3339Nano), nil
	case "environment":
		return fmt.Sprint(os.Environ(), os.Args), nil
	case "variable":
		return strconv.Itoa(calls), nil
	case "random":
		b := make([]byte, 16)
		_, err := rand.Read(b)
		return hex.EncodeToString(b), err
	case "goroutines":
		return sum(1000), nil
	case "sum":
		return hex.EncodeToString(guest.Sum("sha256", []byte("abc"))[:8]), nil
	case "panic":
		panic("a reason")
	case "exit":
		os.Exit(3)
	case "allocate":
		var all [][]byte
		for {
			all = append(all, make([]byte, 1<<20))
			all[len(all)-1][0] = 1
		}
	case "print":
		fmt.Println("to the output")
		fmt.Fprintln(os.Stderr, "to the error")
		guest.Log(guest.Warn, "through the log")
		fmt.Print("left open")
	}
	return "", nil
}

// sum adds up the numbers below n, each in a goroutine of its own.
func sum(n int) string {
	var wg sync.WaitGroup
	numbers := make(chan int, n)
	for i := range n {
		wg.Go(func() { numbers <- i })
	}
	wg.Wait()
	close(numbers)
	total := 0
	for i := range numbers {
		total += i
	}
	return strconv.Itoa(total)
}

func main() {}
