package worker

import (
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// protocol is the version of the messages. A server and its worker are the same
// program, unless the file was replaced in between.
const protocol = 1

// startMessage is the first that a worker is sent.
type startMessage struct {
	Protocol int
	// Memory is the limit of the scripts, in bytes.
	Memory int64
}

// readyMessage answers a startMessage.
type readyMessage struct{ Protocol int }

// loadMessage hands a script over, to be called by its number.
type loadMessage struct {
	Script uint64
	Code   webhook.GuestCode
	// Bundled are the endings of files that have to be bundled.
	Bundled []string
	// Bundles says that a script which imports can be bundled.
	Bundles bool
}

// loadedMessage says what a script is.
type loadedMessage struct {
	Hash  string
	Hooks []webhook.Hook
}

// bundleMessage is what the server's bundler made.
type bundleMessage struct {
	Script  string
	Origins []script.Origin
}

// transformMessage is a call of a script's transform.
type transformMessage struct {
	Script                 uint64
	Event                  webhook.Event
	Subscription, Endpoint string
	Settings               map[string]string
	// Logs says that somebody reads what the script writes.
	Logs bool
}

// claimMessage is a call of a script's claim.
type claimMessage struct {
	Script   uint64
	Request  webhook.Request
	Settings map[string]string
}

// logMessage is a line that a script wrote.
type logMessage struct{ Level, Line string }

// outputsMessage is what a transform gave.
type outputsMessage struct{ Outputs []webhook.Output }

// claimedMessage is what a claim gave: a [webhook.Claim], with as much of a
// challenge as a script can ask for.
type claimedMessage struct {
	Refused    webhook.Reason
	AnyOf      []webhook.Alternative
	Conditions []webhook.Condition
	Time       webhook.TimeClaim
	ID, Type   webhook.Value
	Challenge  *challengeMessage
}

// challengeMessage is a [webhook.Challenge] of a script.
type challengeMessage struct {
	Status      int
	ContentType string
	Body        []byte
	Unsigned    bool
}

func claimedOf(c *webhook.Claim) claimedMessage {
	m := claimedMessage{Refused: c.Refused, AnyOf: c.AnyOf, Conditions: c.Conditions, Time: c.Time, ID: c.ID, Type: c.Type}
	if x := c.Challenge; x != nil {
		m.Challenge = &challengeMessage{Status: x.Status, ContentType: x.ContentType, Body: x.Body, Unsigned: x.Unsigned}
	}
	return m
}

func (m *claimedMessage) claim() *webhook.Claim {
	c := &webhook.Claim{Refused: m.Refused, AnyOf: m.AnyOf, Conditions: m.Conditions, Time: m.Time, ID: m.ID, Type: m.Type}
	if x := m.Challenge; x != nil {
		c.Challenge = &webhook.Challenge{Status: x.Status, ContentType: x.ContentType, Body: x.Body, Unsigned: x.Unsigned}
	}
	return c
}

// failureMessage is an error that is not the script's.
type failureMessage struct{ Text string }

// nothing is the payload of a frame that says all by its kind.
type nothing struct{}
