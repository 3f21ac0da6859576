//! The functions that the host serves and their numbers, as SPEC.md lists them.

// The name of the import module is the version of the ABI.
#[link(wasm_import_module = "hostabi_v1")]
#[rustfmt::skip]
extern "C" {
    pub fn read(field: i32, name: *const u8, name_len: usize, index: i32, buf: *mut u8, cap: usize) -> i32;
    pub fn name(field: i32, index: i32, buf: *mut u8, cap: usize) -> i32;
    pub fn body_len() -> i32;
    pub fn body_read(offset: usize, buf: *mut u8, cap: usize) -> i32;

    pub fn value(field: i32, name: *const u8, name_len: usize, index: i32) -> i32;
    pub fn value_text(text: *const u8, len: usize) -> i32;
    pub fn value_strip(value: i32, prefix: *const u8, len: usize) -> i32;
    pub fn value_split(value: i32, separator: *const u8, len: usize, n: usize) -> i32;
    pub fn value_member(value: i32, separator: *const u8, len: usize, key: *const u8, key_len: usize, n: usize) -> i32;
    pub fn value_jws(value: i32, algorithm: *const u8, len: usize, name: *const u8, name_len: usize) -> i32;
    pub fn value_or(value: i32, other: i32) -> i32;
    pub fn value_read(value: i32, buf: *mut u8, cap: usize) -> i32;
    pub fn value_fault(value: i32, buf: *mut u8, cap: usize) -> i32;

    pub fn alternative(name: *const u8, len: usize);
    pub fn check(algorithm: *const u8, len: usize);
    pub fn key(origin: i32, prepare: *const u8, len: usize);
    pub fn key_id(value: i32);
    pub fn key_url(url: *const u8, len: usize, certificate: i32);
    pub fn part_literal(text: *const u8, len: usize);
    pub fn part_value(value: i32);
    pub fn part_body();
    pub fn part_ecmascript_body();
    pub fn part_canonical_body();
    pub fn part_secret();
    pub fn part_digest(algorithm: *const u8, len: usize, encoding: i32);
    pub fn part_end();
    pub fn signature(value: i32, encodings: i32);
    pub fn condition_equals(left: i32, right: i32, optional: i32);
    pub fn condition_in(left: i32, optional: i32);
    pub fn condition_member(text: *const u8, len: usize);
    pub fn condition_digest(left: i32, algorithm: *const u8, len: usize, encoding: i32, optional: i32);
    pub fn condition_time(bound: i32, left: i32, unit: i32, leeway_ms: i64, optional: i32);
    pub fn time(value: i32);
    pub fn time_unit(unit: i32);
    pub fn time_bound(past_ms: i64, future_ms: i64);
    pub fn time_tolerance(text: *const u8, len: usize);
    pub fn id(value: i32);
    pub fn r#type(value: i32);
    pub fn challenge(status: i32, content_type: *const u8, content_type_len: usize, body: *const u8, body_len: usize, unsigned: i32);
    pub fn refuse(reason: *const u8, len: usize);

    pub fn emit(kind: *const u8, kind_len: usize, content_type: *const u8, content_type_len: usize, body: *const u8, body_len: usize);
    pub fn forward(kind: *const u8, len: usize);
    pub fn emit_header(name: *const u8, name_len: usize, text: *const u8, text_len: usize);

    pub fn digest(algorithm: *const u8, algorithm_len: usize, data: *const u8, data_len: usize, out: *mut u8, cap: usize) -> i32;
    pub fn log(level: i32, text: *const u8, len: usize);
    pub fn fail(text: *const u8, len: usize) -> !;
}

/// The index that asks for the only value of a field.
pub const ONLY: i32 = -1;

/// Something that a module can read, or refer to by a value.
#[derive(Clone, Copy)]
pub enum Field {
    Method = 1,
    Target = 2,
    Path = 3,
    Url = 4,
    Header = 5,
    Query = 6,
    Form = 7,
    Cookie = 8,
    Json = 9,
    Setting = 10,
    EventId = 11,
    EventType = 12,
    EventSource = 13,
    EventTime = 14,
    EventProvider = 15,
    EventProviderId = 16,
    Subscription = 17,
    Endpoint = 18,
    Expression = 19,
    JsonText = 20,
    JsonStringified = 21,
}

/// The negative results.
pub const ABSENT: i32 = -1;
pub const MALFORMED: i32 = -2;
pub const AMBIGUOUS: i32 = -3;
pub const DENIED: i32 = -4;
pub const UNFIT: i32 = -5;

/// Where a check finds its key.
pub const SOURCE_SECRETS: i32 = 0;
pub const HINTED_SECRETS: i32 = 1;
pub const REFERENCED: i32 = 2;

/// The sides on which a time condition bounds a moment.
pub const NOT_BEFORE: i32 = 0;
pub const NOT_AFTER: i32 = 1;
