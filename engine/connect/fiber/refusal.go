package fiber

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v3"
)

// refusal is the answer of the engine to a request that it does not pass on. For
// one that it does, it only hears the status.
type refusal struct {
	header http.Header
	status int
	body   []byte
}

// Header implements [http.ResponseWriter].
func (a *refusal) Header() http.Header {
	if a.header == nil {
		a.header = http.Header{}
	}
	return a.header
}

// WriteHeader keeps the first status that is final.
func (a *refusal) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
}

// Write implements [http.ResponseWriter].
func (a *refusal) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// send answers. That nothing was said is a fault, and not the 200 that net/http
// would make of it.
func (a *refusal) send(c fiber.Ctx) error {
	if a.status == 0 {
		return errors.New("hookseal has not answered")
	}
	answer := c.Response()
	for name, values := range a.header {
		answer.Header.Del(name)
		for _, value := range values {
			answer.Header.Add(name, value)
		}
	}
	answer.SetStatusCode(a.status)
	answer.SetBody(a.body)
	return nil
}
