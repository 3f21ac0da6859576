// Package configfile reads hookseal.toml and opens an engine with every part
// that hookseal has: the SQLite store, the JavaScript and the WebAssembly host.
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
//	data   = "hookseal.db"
//	allow_networks = ["10.20.0.0/16"]     # private ranges that endpoints may be in
//	trusted_proxies = ["10.0.0.0/24"]     # whose Forwarded and X-Forwarded headers count
//
//	[source.contracts]
//	provider = "chaindoc"
//	secrets  = ["env:CHAINDOC_SECRET", { ref = "file:/run/secrets/old", label = "previous", not_after = 2026-12-01 }]
//
//	[endpoint.crm]
//	url    = "https://crm.example/hooks"
//	secret = "env:CRM_SECRET"
//	retry  = ["1m", "5m", "15m"]
//	disable_after = { failures = 5, of = "deliveries" }
//
//	[[subscription]]
//	source    = "contracts"
//	types     = ["document.*"]
//	transform = "scripts/contracts-to-crm.js"
//	endpoint  = "crm"
//
// A source has a provider ("none" verifies nothing), secret or secrets, settings
// of the provider, unsigned, allow_uncovered_body, dedup, max_body, public_url
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
// provider hands out when the webhook is registered, in a file of mode 0600 in
// the folder <data>.secrets. That of an earlier registration is removed by hand.
//
// An endpoint has a url, allow_http, sign or as, secret or secrets, settings,
// retry, timeout, disable_after, concurrency and headers.
//
// A subscription has a source ("app" for published events), types, a transform,
// an endpoint, and a name where two join the same source and endpoint.
//
// The table limits bounds connections, header_bytes, bytes_in_flight, deliveries,
// lease, shutdown_grace, and the calls of guests: guest_time, guest_memory,
// guest_output, guest_events, guest_log_lines, guest_fuel, guest_stack. The table catalog has the path of
// a folder of packs, which come before those that ship.
//
// Paths (data, transform, file: secrets, the catalog's) are relative to the
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
// else is known of it: a label, which verdicts and logs show, and not_after, the
// last moment at which it counts. A date stands for its first moment in UTC.
//
//   - env:NAME is the environment variable; its label is NAME.
//   - file:PATH is the content of the file, without one newline at its end if
//     there is one; its label is the file's name.
//   - plain:VALUE is the value itself, and is warned of; its label is plain.
//
// A secret that is empty or blank, or that has white space around it, is a
// fault.
package configfile
