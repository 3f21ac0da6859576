package hostabi

import "strings"

// Module is the import module of version 1 of the ABI, which is frozen: it keeps
// every function, type and number, and gets no other. A module that imports from
// another version is refused, and so the name is the version check.
const Module = "hostabi_v1"

// Prefix is how the import modules of all versions begin.
const Prefix = "hostabi_"

// ManifestName returns what the manifest of a module is called: redact.toml, beside
// redact.wasm.
func ManifestName(module string) string { return strings.TrimSuffix(module, ".wasm") + ".toml" }

// WASI is the import module of which the host serves the few functions that
// [WASIFunctions] lists.
const WASI = "wasi_snapshot_preview1"

// Extism is the import module of plug-ins that are built with a kit of Extism. One
// that imports it is served the functions of that ABI instead of those of
// [Module], for a transform.
const Extism = "extism:host/env"

// What a module exports.
const (
	// The hooks take nothing and return an i32: zero for success. A module
	// exports at least one of them.
	ExportClaim     = "claim"
	ExportTransform = "transform"
	// ExportInitialize is called once, before the first hook, if it is there.
	ExportInitialize = "_initialize"
	// ExportCommand marks a program that runs once and ends. It is refused:
	// a module is a reactor.
	ExportCommand = "_start"
)

// The functions of [Module], with the types and the behaviour that SPEC.md gives
// them.
const (
	// What reads the request or the event.
	FuncRead     = "read"
	FuncName     = "name"
	FuncBodyLen  = "body_len"
	FuncBodyRead = "body_read"

	// What makes a value and takes it apart. These belong to a claim.
	FuncValue       = "value"
	FuncValueText   = "value_text"
	FuncValueStrip  = "value_strip"
	FuncValueSplit  = "value_split"
	FuncValueMember = "value_member"
	FuncValueJWS    = "value_jws"
	FuncValueOr     = "value_or"
	FuncValueRead   = "value_read"
	FuncValueFault  = "value_fault"

	// What builds a claim, in the order in which it is written.
	FuncAlternative        = "alternative"
	FuncCheck              = "check"
	FuncKey                = "key"
	FuncKeyID              = "key_id"
	FuncKeyURL             = "key_url"
	FuncPartLiteral        = "part_literal"
	FuncPartValue          = "part_value"
	FuncPartBody           = "part_body"
	FuncPartECMAScriptBody = "part_ecmascript_body"
	FuncPartCanonicalBody  = "part_canonical_body"
	FuncPartSecret         = "part_secret"
	FuncPartDigest         = "part_digest"
	FuncPartEnd            = "part_end"
	FuncSignature          = "signature"
	FuncConditionEquals    = "condition_equals"
	FuncConditionIn        = "condition_in"
	FuncConditionMember    = "condition_member"
	FuncConditionDigest    = "condition_digest"
	FuncConditionTime      = "condition_time"
	FuncTime               = "time"
	FuncTimeUnit           = "time_unit"
	FuncTimeBound          = "time_bound"
	FuncTimeTolerance      = "time_tolerance"
	FuncID                 = "id"
	FuncType               = "type"
	FuncChallenge          = "challenge"
	// What says instead why the request cannot hold.
	FuncRefuse = "refuse"

	// What hands out an event of a transform, hands out the one that came in, and
	// adds a header to the last.
	FuncEmit       = "emit"
	FuncForward    = "forward"
	FuncEmitHeader = "emit_header"

	// What either hook may call: a plain digest, a line for the log, and giving
	// up with a message.
	FuncDigest = "digest"
	FuncLog    = "log"
	FuncFail   = "fail"
)

// WASIFunctions lists what the host serves of [WASI]: what a standard Go
// program built as a reactor imports, and the few more that a C or Rust
// runtime asks for. None of them reaches a file, the environment or a clock.
func WASIFunctions() []string {
	return []string{
		"args_get", "args_sizes_get", "environ_get", "environ_sizes_get",
		"clock_res_get", "clock_time_get", "random_get",
		"fd_close", "fd_fdstat_get", "fd_fdstat_set_flags", "fd_prestat_dir_name", "fd_prestat_get",
		"fd_read", "fd_seek", "fd_write",
		"poll_oneoff", "proc_exit", "sched_yield",
	}
}
