package catalog_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

// oracles is where the vendors' libraries are installed.
const oracles = "../../testdata/oracles"

// judge is the process in which the libraries answer.
type judge struct {
	t       *testing.T
	library string
	pack    string
	in      io.Writer
	out     *bufio.Reader
}

// question is what a library is asked; judge.mjs describes it.
type question struct {
	Library string            `json:"library"`
	Pack    string            `json:"pack"`
	Op      string            `json:"op"`
	Secret  string            `json:"secret"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	ID      string            `json:"id,omitempty"`
	Time    int64             `json:"time,omitempty"`
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body"`
}

type reply struct {
	Valid   *bool             `json:"valid"`
	Headers map[string]string `json:"headers"`
	URL     string            `json:"url"`
	Body    *[]byte           `json:"body"`
	Error   string            `json:"error"`
}

// startJudge starts the process, which ends with the test.
func startJudge(t *testing.T) *judge {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(oracles, "node_modules"))
	}
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatalf("node and the packages of testdata/oracles are needed here: %v", err)
		}
		t.Skipf("node or the packages of testdata/oracles are not installed (npm ci --prefix testdata/oracles): %v", err)
	}
	cmd := exec.Command(node, "judge.mjs")
	cmd.Dir = oracles
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("node judge.mjs: %v", err)
		}
	})
	return &judge{t: t, in: in, out: bufio.NewReader(out)}
}

func (j *judge) ask(q question) reply {
	j.t.Helper()
	q.Library, q.Pack = j.library, j.pack
	line, err := json.Marshal(q)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.in.Write(append(line, '\n')); err != nil {
		j.t.Fatal(err)
	}
	if line, err = j.out.ReadBytes('\n'); err != nil {
		j.t.Fatalf("node judge.mjs gave no answer: %v", err)
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		j.t.Fatal(err)
	}
	if r.Error != "" {
		j.t.Fatalf("%s %s: %s", q.Library, q.Op, r.Error)
	}
	return r
}

// verifies asks the library for its verdict on a request.
func (j *judge) verifies(secret string, req *webhook.Request) bool {
	j.t.Helper()
	r := j.ask(question{Op: "verify", Secret: secret, Method: req.Method, URL: req.URL(), Headers: lowered(req), Body: req.Body})
	if r.Valid == nil {
		j.t.Fatalf("%s gave no verdict", j.library)
	}
	return *r.Valid
}

func lowered(req *webhook.Request) map[string]string {
	headers := map[string]string{}
	for name, values := range req.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	return headers
}

// signs has the library sign a request.
func (j *judge) signs(secret, id string, at int64, req *webhook.Request) {
	j.t.Helper()
	r := j.ask(question{Op: "sign", Secret: secret, Method: req.Method, URL: req.URL(), ID: id, Time: at, Headers: lowered(req), Body: req.Body})
	if len(r.Headers) == 0 && r.URL == "" && r.Body == nil {
		j.t.Fatalf("%s signed nothing", j.library)
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	if r.Body != nil {
		req.Body = *r.Body
	}
	if r.URL != "" {
		req.Target = strings.TrimPrefix(r.URL, req.Scheme+"://"+req.Host)
	}
}
