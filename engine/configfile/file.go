package configfile

import (
	"github.com/hookseal/hookseal/engine/catalog"
)

// file is hookseal.toml as it is written.
type file struct {
	Listen         string              `toml:"listen"`
	Monitor        string              `toml:"monitor"`
	Data           string              `toml:"data"`
	ListenData     string              `toml:"listen_data"`
	AllowNetworks  []network           `toml:"allow_networks"`
	AllowHosts     []hostName          `toml:"allow_hosts"`
	TrustedProxies []network           `toml:"trusted_proxies"`
	TLS            tlsTable            `toml:"tls"`
	MasterKey      secretRefs          `toml:"master_key"`
	Catalog        catalogTable        `toml:"catalog"`
	Retention      retentionTable      `toml:"retention"`
	Limits         limitsTable         `toml:"limits"`
	Source         map[string]source   `toml:"source"`
	Endpoint       map[string]endpoint `toml:"endpoint"`
	// Module has the paths of modules as its keys, and GuestCache is the folder of
	// compiled ones.
	Module       map[string]moduleTable `toml:"module"`
	GuestCache   string                 `toml:"guest_cache"`
	Subscription []subscription         `toml:"subscription"`
}

type catalogTable struct {
	// Path is a folder of packs that come before the built-in ones.
	Path string `toml:"path"`
}

type source struct {
	Provider           string               `toml:"provider"`
	Secret             *secretRef           `toml:"secret"`
	Secrets            []secretRef          `toml:"secrets"`
	KeepSecret         bool                 `toml:"keep_secret"`
	KeyCredentials     map[string]secretRef `toml:"key_credentials"`
	VerifyToken        secretRefs           `toml:"verify_token"`
	Confirm            bool                 `toml:"confirm"`
	Settings           map[string]string    `toml:"settings"`
	Unsigned           bool                 `toml:"unsigned"`
	AllowUncoveredBody bool                 `toml:"allow_uncovered_body"`
	Dedup              string               `toml:"dedup"`
	MaxBody            amount               `toml:"max_body"`
	Rate               frequency            `toml:"rate"`
	Burst              count                `toml:"burst"`
	PublicURL          string               `toml:"public_url"`
	AllowFrom          []network            `toml:"allow_from"`
	// Enforce is true where it is left out.
	Enforce   *bool           `toml:"enforce"`
	Retention sourceRetention `toml:"retention"`
	Status    statusTable     `toml:"status"`
	Basic     secretRefs      `toml:"basic"`
	Bearer    secretRefs      `toml:"bearer"`
	Header    headerToken     `toml:"header"`
}

// statusTable has status codes for what does not pass; one that is left out has
// its default.
type statusTable struct {
	Refused     int `toml:"refused"`
	TooLarge    int `toml:"too_large"`
	Incomplete  int `toml:"incomplete"`
	Unavailable int `toml:"unavailable"`
}

// headerToken is a header whose value must be one of the tokens.
type headerToken struct {
	Name  string     `toml:"name"`
	Token secretRefs `toml:"token"`
}

type endpoint struct {
	URL          string                `toml:"url"`
	AllowHTTP    bool                  `toml:"allow_http"`
	Sign         string                `toml:"sign"`
	As           string                `toml:"as"`
	Secret       *secretRef            `toml:"secret"`
	Secrets      []secretRef           `toml:"secrets"`
	Settings     map[string]string     `toml:"settings"`
	AlsoSign     []signing             `toml:"also_sign"`
	Basic        secretRefs            `toml:"basic"`
	Bearer       secretRefs            `toml:"bearer"`
	Retry        *retry                `toml:"retry"`
	Timeout      period                `toml:"timeout"`
	DisableAfter *catalog.DisableAfter `toml:"disable_after"`
	Breaker      *breaker              `toml:"breaker"`
	Concurrency  count                 `toml:"concurrency"`
	Rate         frequency             `toml:"rate"`
	Headers      map[string]string     `toml:"headers"`
}

// breaker says when an endpoint is left alone.
type breaker struct {
	// Failures is 10 where it is left out; 0 never opens.
	Failures *int   `toml:"failures"`
	Pause    period `toml:"pause"`
	MaxPause period `toml:"max_pause"`
}

// signing is a further signature of an endpoint's deliveries.
type signing struct {
	Sign     string            `toml:"sign"`
	Secret   *secretRef        `toml:"secret"`
	Secrets  []secretRef       `toml:"secrets"`
	Settings map[string]string `toml:"settings"`
}

type subscription struct {
	Name      string   `toml:"name"`
	Source    string   `toml:"source"`
	Types     []string `toml:"types"`
	Transform string   `toml:"transform"`
	Endpoint  string   `toml:"endpoint"`
	OrderBy   string   `toml:"order_by"`

	Settings map[string]string `toml:"settings"`
}

// retentionTable says how long the store keeps what is done with; a key that is
// left out bounds nothing.
type retentionTable struct {
	Events period `toml:"events"`
	Bodies period `toml:"bodies"`
	Size   amount `toml:"size"`
	Keys   period `toml:"keys"`
}

// sourceRetention is what a source has otherwise than the retention of all.
type sourceRetention struct {
	Events period `toml:"events"`
	Bodies period `toml:"bodies"`
	Size   amount `toml:"size"`
}

// limitsTable bounds what the process takes; a key that is left out has its
// default.
type limitsTable struct {
	Connections   count  `toml:"connections"`
	HeaderBytes   amount `toml:"header_bytes"`
	BytesInFlight amount `toml:"bytes_in_flight"`
	Backlog       int64  `toml:"backlog"`
	MinFreeDisk   amount `toml:"min_free_disk"`
	ShutdownDelay period `toml:"shutdown_delay"`
	Deliveries    count  `toml:"deliveries"`
	Lease         period `toml:"lease"`
	ShutdownGrace period `toml:"shutdown_grace"`
	GuestTime     period `toml:"guest_time"`
	GuestMemory   amount `toml:"guest_memory"`
	GuestOutput   amount `toml:"guest_output"`
	GuestEvents   count  `toml:"guest_events"`
	GuestLogLines count  `toml:"guest_log_lines"`
	GuestFuel     count  `toml:"guest_fuel"`
	GuestStack    amount `toml:"guest_stack"`
	// ScriptWorkers is nil for as many as fit the machine.
	ScriptWorkers *workers `toml:"script_workers"`
}
