package configfile

import (
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/tomlfile"
)

// file is hookseal.toml as it is written.
type file struct {
	Listen         string              `toml:"listen"`
	Data           string              `toml:"data"`
	AllowNetworks  []network           `toml:"allow_networks"`
	TrustedProxies []network           `toml:"trusted_proxies"`
	Catalog        catalogTable        `toml:"catalog"`
	Retention      retentionTable      `toml:"retention"`
	Limits         limitsTable         `toml:"limits"`
	Source         map[string]source   `toml:"source"`
	Endpoint       map[string]endpoint `toml:"endpoint"`
	Subscription   []subscription      `toml:"subscription"`
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
	PublicURL          string               `toml:"public_url"`
	AllowFrom          []network            `toml:"allow_from"`
	// Enforce is true where it is left out.
	Enforce *bool       `toml:"enforce"`
	Status  statusTable `toml:"status"`
	Basic   secretRefs  `toml:"basic"`
	Bearer  secretRefs  `toml:"bearer"`
	Header  headerToken `toml:"header"`
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
	Retry        []tomlfile.Duration   `toml:"retry"`
	Timeout      period                `toml:"timeout"`
	DisableAfter *catalog.DisableAfter `toml:"disable_after"`
	Concurrency  count                 `toml:"concurrency"`
	Headers      map[string]string     `toml:"headers"`
}

type subscription struct {
	Name      string   `toml:"name"`
	Source    string   `toml:"source"`
	Types     []string `toml:"types"`
	Transform string   `toml:"transform"`
	Endpoint  string   `toml:"endpoint"`
}

// limitsTable bounds what the process takes; a key that is left out has its
// default.
type retentionTable struct {
	Events period `toml:"events"`
	Keys   period `toml:"keys"`
}

type limitsTable struct {
	Connections   count  `toml:"connections"`
	HeaderBytes   amount `toml:"header_bytes"`
	BytesInFlight amount `toml:"bytes_in_flight"`
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
}
