// Package configfile reads hookseal.toml and opens an engine with every part
// that hookseal has: the SQLite or the PostgreSQL store, the JavaScript and the
// WebAssembly host.
//
//	running, err := configfile.Open("hookseal.toml", configfile.Options{})
//
// [Check] is the same loader without the store: a file that it passes opens.
// Every fault of a file is reported at once, each with its line and key.
//
// # The file
//
// Names are keys, and units stand inside values.
//
//	listen = "127.0.0.1:8080"
//	monitor = "127.0.0.1:9090"            # /healthz, /readyz and /metrics are here instead, by plain HTTP
//	data   = "hookseal.db"                # or "postgres://…", or env:NAME or file:PATH that holds it
//	allow_networks = ["10.20.0.0/16"]     # private ranges that endpoints may be in
//	allow_hosts = ["*.intern.example"]    # names that endpoints may have whose addresses are private
//	trusted_proxies = ["10.0.0.0/24"]     # whose Forwarded and X-Forwarded headers count
//	master_key = "env:HOOKSEAL_MASTER_KEY" # seals secrets that are kept in the store; a list while it is changed
//
//	[tls]
//	cert = "tls.crt"                      # PEM, followed like the other files
//	key  = "tls.key"
//
//	[source.contracts]
//	provider = "chaindoc"
//	secrets  = ["env:CHAINDOC_SECRET", { ref = "file:/run/secrets/old", label = "previous", not_after = 2026-12-01 }]
//
//	[endpoint.crm]
//	url    = "https://crm.example/hooks"
//	secret = "env:CRM_SECRET"
//	retry  = ["1m", "5m", "15m"]
//	disable_after = { failures = 5, of = "deliveries", for = "3d" }
//
//	[[subscription]]
//	source    = "contracts"
//	types     = ["document.*"]
//	transform = "scripts/contracts-to-crm.js"
//	endpoint  = "crm"
//
// A source has a provider ("none" verifies nothing), secret or secrets, settings
// of the provider, unsigned, allow_uncovered_body, dedup, max_body, rate (how many
// requests are taken, such as "100/s"; the others are answered 429) and burst (how
// many at once), public_url
// (where the sender calls it, for schemes that sign the URL), allow_from (the
// networks that requests may come from, as trusted proxies tell where one stands
// in front), and what it demands beside the signature: basic ("user:password"),
// bearer, and header with name and token, each one secret or a list. With
// enforce = false it lets pass what it would refuse, marked as unverified. The
// table status has other status codes: refused (401), too_large (413), incomplete
// (400), unavailable (503).
//
// For the handshakes of its provider a source has verify_token, one secret or a
// list; confirm = true, which visits the URL of a signed confirmation; and
// keep_secret = true in the place of a secret, which keeps the one that the
// provider hands out when the webhook is registered: in the store, sealed by
// master_key, or without one in a file of mode 0600 in the folder <data>.secrets.
// That of an earlier registration is removed by hand. The table key_credentials
// has what a provider wants of those who fetch its public keys, by the names that
// its pack gives them.
//
// An endpoint has a url, allow_http, sign or as, secret or secrets, settings,
// also_sign (a list of { sign, secret or secrets, settings }: further signatures
// while a consumer moves from one scheme to another), basic ("user:password") or
// bearer, each one secret or a list of which the first that counts is sent, retry (a
// list of waits, or { first, factor, cap, attempts, for }), timeout, disable_after
// ({ failures, of, for }), breaker ({ failures, pause, max_pause }), concurrency,
// rate ("10/s", on each node) and headers. The value of a header may be a
// reference to a secret, as below; such a value is shown nowhere.
//
// A subscription has a source ("app" for published events, "hookseal" for what
// becomes of endpoints), types, a transform with its settings, an endpoint, order_by
// (such as "json.customer.id": what shares it is sent one after the other), and a
// name where two join the same source and endpoint.
//
// The table tls makes the server listen with a certificate; with client_ca it takes
// clients alone that show one which these certificates signed, probes of its health
// and metrics among them.
//
// With data = "postgres://…" nodes share a database, and listen_data is the URL
// under which they are told of each other's events, where that of data leads
// through a pooler. Both may be a reference to what they hold, as below.
//
// The table retention says how long events, their contents (bodies) and the keys by
// which a repeat is recognised (30 days by default) are kept, and the size of all;
// a source may have its own events, bodies and size under retention. Without it
// events are kept for good.
//
// The table limits bounds connections, header_bytes, bytes_in_flight, deliveries,
// lease, shutdown_delay (how long requests are taken after SIGTERM, while /readyz
// says 503) and shutdown_grace. With backlog (open deliveries; none by default) and
// min_free_disk (of the SQLite file's disk; 64MiB by default) the intake stops,
// answering 503, until there is room again. The calls of guests are bounded by
// guest_time, guest_memory, guest_output, guest_events, guest_log_lines, guest_fuel
// and guest_stack. Scripts run in script_workers processes at a time, by default one
// for each processor and two at least; 0 runs them within the server (see package
// engine/script/worker). The table catalog has the path of a folder of packs, which
// come before those that ship.
//
// A module that is a transform may have a table under its path, as in
//
//	[module."plugins/redact.wasm"]
//	sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
//	grant  = ["clock"]
//
// with the sha256 that it must have, the capabilities that it is granted (clock,
// random), what it is built for (abi = "extism"), and the function that an Extism
// plug-in is called by. What its author says of it stands beside it, in
// plugins/redact.toml. With guest_cache = "DIR" compiled modules are kept, so that a
// restart does not compile them again; there is no cache unless it is named.
//
// Paths (data, guest_cache, transform, file: secrets, the catalog's) are relative to the
// folder of the file that holds them.
//
// # Changes
//
// [Watch] reports later versions of the file and of what it names, and
// [Running.Reload] makes one live, or nothing of it.
//
// # Secrets
//
// A secret is written as a reference, or as a table with the reference and what
// else is known of it: a label, which verdicts and logs show, and not_before and
// not_after, the first and last moment at which it counts. A date stands for its first moment in UTC.
//
//   - env:NAME is the environment variable; its label is NAME.
//   - file:PATH is the content of the file, without one newline at its end if
//     there is one; its label is the file's name.
//   - plain:VALUE is the value itself, and is warned of; its label is plain.
//
// A secret that is empty or blank, or that has white space around it, is a
// fault.
package configfile
