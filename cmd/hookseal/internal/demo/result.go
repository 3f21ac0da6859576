package demo

import "github.com/hookseal/hookseal/engine/webhook"

// Result is what came of a run.
type Result struct {
	// OK says that every expectation held.
	OK           bool          `json:"ok"`
	Seconds      float64       `json:"seconds"`
	Providers    []Intake      `json:"providers"`
	Endpoints    []Outflow     `json:"endpoints"`
	Transforms   []Example     `json:"transforms"`
	Expectations []Expectation `json:"expectations"`
}

// Intake is what came in from one provider.
type Intake struct {
	Provider string `json:"provider"`
	// Planned is how many webhooks there are to send, Sent how many were.
	Planned  int `json:"planned"`
	Sent     int `json:"sent"`
	Accepted int `json:"accepted"`
	Repeats  int `json:"repeats"`
	Refused  int `json:"refused"`
	// Reasons counts the refusals by reason.
	Reasons map[webhook.Reason]int `json:"reasons"`
}

// Outflow is what went out to one endpoint.
type Outflow struct {
	Endpoint string `json:"endpoint"`
	// Role says what the endpoint is there for.
	Role string `json:"role"`
	// Owed is how many deliveries there are; the next six are the states that
	// they are in.
	Owed      int `json:"owed"`
	Delivered int `json:"delivered"`
	Dropped   int `json:"dropped"`
	Exhausted int `json:"exhausted"`
	Failed    int `json:"failed"`
	Held      int `json:"held"`
	Open      int `json:"open"`
	// Attempts is how many were made, Retries how many were not the first.
	Attempts int `json:"attempts"`
	Retries  int `json:"retries"`
	// Disabled says why the endpoint gets no more, empty if it does.
	Disabled string `json:"disabled,omitempty"`
}

// Example is an event before and after a transform.
type Example struct {
	Transform string `json:"transform"`
	Source    string `json:"source"`
	Endpoint  string `json:"endpoint"`
	In        string `json:"in"`
	Out       string `json:"out"`
}

// Expectation is one thing that had to come out.
type Expectation struct {
	Text string `json:"expect"`
	Held bool   `json:"held"`
	// Got says what differed, empty if nothing did.
	Got string `json:"got,omitempty"`
}
