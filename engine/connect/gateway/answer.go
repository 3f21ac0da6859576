package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
)

var (
	errTimeout = errors.New("the application does not begin to answer")
	errSwitch  = errors.New("the application switches protocols, which nobody has asked for")
)

// failed answers for an application that does not.
func (g *Gateway) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil:
		g.log.Info("sender has gone before the application answered", "source", g.source)
		w.WriteHeader(http.StatusBadGateway) // nobody reads it, but it is no success
	case isTimeout(err):
		g.log.Error("application has not answered in time", "source", g.source, "upstream", g.upstream.Host, "error", err)
		answer(w, http.StatusGatewayTimeout, "the application behind this gateway has not answered in time")
	default:
		g.log.Error("webhook could not be passed on", "source", g.source, "upstream", g.upstream.Host, "error", err)
		answer(w, http.StatusBadGateway, "the application behind this gateway does not answer")
	}
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return errors.Is(err, errTimeout) || ok && timeout.Timeout()
}

// answer says to a sender what is wrong, in words that need no escaping.
func answer(w http.ResponseWriter, status int, what string) {
	body := fmt.Sprintf("{\"error\":%q}\n", what)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A sender that has gone needs no answer.
	_, _ = w.Write([]byte(body))
}

// refuseSwitch has the proxy close a connection that the application has taken
// out of HTTP. The proxy would refuse it too, and leave it open.
func refuseSwitch(resp *http.Response) error {
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return errSwitch
	}
	return nil
}
