package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/hookseal/hookseal/engine/store"
)

// socketPath returns where the socket of a store's file is. Its name may be
// about 100 bytes long, so the shorter way there is taken.
func socketPath(data string) string {
	path := data + ".sock"
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, abs); err == nil && len(rel) < len(abs) {
		return rel
	}
	return abs
}

// Listen opens the socket beside a store's file, readable and writable by its
// owner alone. The caller holds the lock of the store, so a socket that is
// there already is one that a killed server left, and is replaced.
func Listen(data string) (net.Listener, error) {
	path := socketPath(data)
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// The paths of the socket's server.
const (
	pathRedeliver = "POST /deliveries/{id}/redeliver"
	pathErase     = "POST /events/{id}/erase"
	pathEnable    = "POST /endpoints/{name}/enable"
	pathDisable   = "POST /endpoints/{name}/disable"
	pathPauses    = "GET /pauses"
)

// Handler serves an operator to a [Client].
func Handler(op Operator) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(pathRedeliver, func(w http.ResponseWriter, r *http.Request) {
		reply(w, struct{}{}, op.Redeliver(r.Context(), r.PathValue("id")))
	})
	mux.HandleFunc(pathErase, func(w http.ResponseWriter, r *http.Request) {
		reply(w, struct{}{}, op.Erase(r.Context(), r.PathValue("id")))
	})
	set := func(disabled bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			h, err := op.SetDisabled(r.Context(), r.PathValue("name"), disabled)
			reply(w, h, err)
		}
	}
	mux.HandleFunc(pathEnable, set(false))
	mux.HandleFunc(pathDisable, set(true))
	mux.HandleFunc(pathPauses, func(w http.ResponseWriter, r *http.Request) {
		paused, err := op.Pauses(r.Context())
		reply(w, paused, err)
	})
	return mux
}

// failure is an error on its way to the client.
type failure struct {
	Error string `json:"error"`
}

func reply(w http.ResponseWriter, v any, err error) {
	status := http.StatusOK
	switch {
	case errors.Is(err, store.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, store.ErrNotFinal):
		status = http.StatusConflict
	case errors.Is(err, store.ErrErased):
		status = http.StatusGone
	case err != nil:
		status = http.StatusInternalServerError
	}
	if err != nil {
		v = failure{err.Error()}
	}
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, fmt.Appendf(nil, "{\"error\":%q}", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that has gone needs no answer.
	_, _ = w.Write(text)
}
