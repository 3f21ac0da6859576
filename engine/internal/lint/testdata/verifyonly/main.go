// Verifyonly is the smallest program that protects a handler: its weight is what
// hookseal adds to a program that only verifies.
package main

import (
	"io"
	"log"
	"net/http"
	"os"

	"github.com/hookseal/hookseal/engine"
)

func main() {
	secret, err := engine.NewSecret("first", []byte(os.Getenv("SECRET")))
	if err != nil {
		log.Fatal(err)
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"payments": {Provider: "stripe", Secrets: engine.Secrets{secret}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe("localhost:8080", hooks.Middleware("payments")(app)))
}
