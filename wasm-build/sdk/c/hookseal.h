/* hookseal.h: write a hookseal module in C.
 *
 * The contract is hostabi/SPEC.md; HOOKSEAL_ABI is the version that this header
 * declares. It needs no C library:
 *
 *   clang --target=wasm32 -Os -mbulk-memory -nostdlib -Wl,--no-entry \
 *         -Wl,--stack-first -Wl,-z,stack-size=16384 -o rule.wasm rule.c
 *
 * A small stack keeps the memory small, which is put back after every call, and
 * a stack that comes first traps when it overflows.
 *
 * A module exports HOOKSEAL_CLAIM, HOOKSEAL_TRANSFORM or both. Each returns 0,
 * or another number for failure; hs_fail says why. Every call begins in the
 * state in which the module started: nothing is left of the call before.
 *
 * A getter writes as much as fits into the buffer that it is given and returns
 * the true length, or one of the negative results. A handle that the host does
 * not know, a pointer out of bounds or a call out of place ends the call. */
#ifndef HOOKSEAL_H
#define HOOKSEAL_H

typedef int hs_value;

#define HOOKSEAL_ABI "hostabi_v1"
#define HS_IMPORT(name) __attribute__((import_module(HOOKSEAL_ABI), import_name(#name)))
#define HOOKSEAL_CLAIM __attribute__((export_name("claim"))) int hs_claim(void)
#define HOOKSEAL_TRANSFORM __attribute__((export_name("transform"))) int hs_transform(void)

/* HS("text") is a literal as pointer and length. */
#define HS(literal) (literal), ((int)sizeof(literal) - 1)

/* Fields; those up to HS_SETTING that follow HS_HEADER take a name. HS_EXPRESSION
 * takes a value of the language of schemes, "json.id or json.ID | uuid:N"; the two
 * after it a path, at which an object or an array may stand. */
enum {
	HS_METHOD = 1, HS_TARGET, HS_PATH, HS_URL,
	HS_HEADER, HS_QUERY, HS_FORM, HS_COOKIE, HS_JSON, HS_SETTING,
	HS_EVENT_ID, HS_EVENT_TYPE, HS_EVENT_SOURCE, HS_EVENT_TIME,
	HS_EVENT_PROVIDER, HS_EVENT_PROVIDER_ID, HS_SUBSCRIPTION, HS_ENDPOINT,
	HS_EXPRESSION, HS_JSON_TEXT, HS_JSON_STRINGIFIED
};
/* The index that asks for the only value of a field. */
#define HS_ONLY (-1)
/* Negative results. */
enum { HS_ABSENT = -1, HS_MALFORMED = -2, HS_AMBIGUOUS = -3, HS_DENIED = -4, HS_UNFIT = -5 };
/* Encodings; a set is their sum. HS_DECIMAL is for digests that are written. */
enum { HS_HEX = 1, HS_HEX_UPPER = 2, HS_BASE64 = 4, HS_BASE64URL = 8, HS_RAW = 16, HS_DECIMAL = 32 };
/* Where a check finds its key. */
enum { HS_SOURCE_SECRETS, HS_HINTED_SECRETS, HS_REFERENCED };
/* Time units. */
enum { HS_SECONDS = 1, HS_MILLISECONDS, HS_RFC3339, HS_ISO8601, HS_DOTNET_INVARIANT, HS_HTTP_DATE };
enum { HS_NOT_BEFORE, HS_NOT_AFTER };
enum { HS_DEBUG, HS_INFO, HS_WARN, HS_ERROR };

/* Reading, in both hooks. */
HS_IMPORT(read) int hs_read(int field, const char *name, int name_len, int index, char *buf, int cap);
/* The name at an index among headers, settings, or parameters of a query or form. */
HS_IMPORT(name) int hs_name(int field, int index, char *buf, int cap);
HS_IMPORT(body_len) int hs_body_len(void);
/* Copies from an offset and returns how many bytes, 0 at the end. */
HS_IMPORT(body_read) int hs_body_read(int offset, char *buf, int cap);

/* Values, in claim: a handle for a piece of text, from which the host knows the
 * place it came from. */
HS_IMPORT(value) hs_value hs_value_of(int field, const char *name, int name_len, int index);
HS_IMPORT(value_text) hs_value hs_value_text(const char *text, int len);
/* Without a prefix; unfit if it is not there. */
HS_IMPORT(value_strip) hs_value hs_value_strip(hs_value v, const char *prefix, int len);
/* The n-th piece between separators, from 0; absent beyond the last. */
HS_IMPORT(value_split) hs_value hs_value_split(hs_value v, const char *separator, int len, int n);
/* What follows "key=" in the n-th of the pieces that begin so. */
HS_IMPORT(value_member) hs_value hs_value_member(hs_value v, const char *separator, int len, const char *key, int key_len, int n);
/* A piece of a JSON Web Signature, of the algorithm as JWS names it ("ES256"): "input"
 * is what is signed, "signature", and the scalars at "header.PATH" and "claims.PATH". */
HS_IMPORT(value_jws) hs_value hs_value_jws(hs_value v, const char *algorithm, int len, const char *name, int name_len);
/* The one of two values that is there; where both are, neither counts. */
HS_IMPORT(value_or) hs_value hs_value_or(hs_value v, hs_value other);
HS_IMPORT(value_read) int hs_value_read(hs_value v, char *buf, int cap);
/* The reason for which a value that is there cannot count; of length 0 if it can. */
HS_IMPORT(value_fault) int hs_value_fault(hs_value v, char *buf, int cap);

/* The claim, in claim: alternatives hold checks, a check its key, its message
 * part by part, and the signatures that were sent. */
HS_IMPORT(alternative) void hs_alternative(const char *name, int len);
HS_IMPORT(check) void hs_check(const char *algorithm, int len);
HS_IMPORT(key) void hs_key(int origin, const char *prepare, int len);
HS_IMPORT(key_id) void hs_key_id(hs_value v);
HS_IMPORT(key_url) void hs_key_url(const char *url, int len, int certificate);
HS_IMPORT(part_literal) void hs_part_literal(const char *text, int len);
HS_IMPORT(part_value) void hs_part_value(hs_value v);
HS_IMPORT(part_body) void hs_part_body(void);
/* The body as JSON.stringify(JSON.parse(body)) writes it. */
HS_IMPORT(part_ecmascript_body) void hs_part_ecmascript_body(void);
/* The body as RFC 8785 writes it. */
HS_IMPORT(part_canonical_body) void hs_part_canonical_body(void);
/* Where the secret stands in the message; the host puts it in. */
HS_IMPORT(part_secret) void hs_part_secret(void);
/* The parts up to hs_part_end go into a digest, written as text. */
HS_IMPORT(part_digest) void hs_part_digest(const char *algorithm, int len, int encoding);
HS_IMPORT(part_end) void hs_part_end(void);
/* An absent value adds no signature. */
HS_IMPORT(signature) void hs_signature(hs_value v, int encodings);

/* Conditions are judged after a signature has held. */
HS_IMPORT(condition_equals) void hs_condition_equals(hs_value left, hs_value right, int optional);
HS_IMPORT(condition_in) void hs_condition_in(hs_value left, int optional);
HS_IMPORT(condition_member) void hs_condition_member(const char *text, int len);
HS_IMPORT(condition_digest) void hs_condition_digest(hs_value left, const char *algorithm, int len, int encoding, int optional);
/* The leeway is by how much the clocks of two hosts may differ. */
HS_IMPORT(condition_time) void hs_condition_time(int bound, hs_value left, int unit, long long leeway_ms, int optional);

HS_IMPORT(time) void hs_time(hs_value v);
HS_IMPORT(time_unit) void hs_time_unit(int unit);
HS_IMPORT(time_bound) void hs_time_bound(long long past_ms, long long future_ms);
/* Bounds it on both sides by a duration as configurations write it: "5m", or "off". */
HS_IMPORT(time_tolerance) void hs_time_tolerance(const char *text, int len);
HS_IMPORT(id) void hs_id(hs_value v);
HS_IMPORT(type) void hs_type(hs_value v);
HS_IMPORT(challenge) void hs_challenge(int status, const char *content_type, int content_type_len, const char *body, int body_len, int is_unsigned);
/* Rejects the request with a reason, such as "field_malformed", whatever was built. */
HS_IMPORT(refuse) void hs_refuse(const char *reason, int len);

/* Output, in transform: none drops the event. An empty type or content type is
 * that of the event which came in. */
HS_IMPORT(emit) void hs_emit(const char *type, int type_len, const char *content_type, int content_type_len, const char *body, int body_len);
/* Hands out the event that came in, with another type unless that is empty. */
HS_IMPORT(forward) void hs_forward(const char *type, int len);
/* Adds a header field to what was handed out last. */
HS_IMPORT(emit_header) void hs_emit_header(const char *name, int name_len, const char *text, int text_len);

/* Helpers. */
HS_IMPORT(digest) int hs_digest(const char *algorithm, int algorithm_len, const char *in, int in_len, char *out, int cap);
HS_IMPORT(log) void hs_log(int level, const char *text, int len);
HS_IMPORT(fail) __attribute__((noreturn)) void hs_fail(const char *text, int len);

/* hs_alloc returns memory that lasts until the call ends, when all of it is
 * taken back. It fails the call when the memory limit is reached. */
extern char __heap_base;
static char *hs_heap_next;

static inline void *hs_alloc(unsigned size) {
	char *start = hs_heap_next ? hs_heap_next : &__heap_base;
	start = (char *)(((unsigned)start + 7) & ~7u);
	unsigned long long end = (unsigned long long)(unsigned)start + size;
	unsigned long long have = (unsigned long long)__builtin_wasm_memory_size(0) << 16;
	if (end > have && __builtin_wasm_memory_grow(0, (unsigned)((end - have + 0xffff) >> 16)) == (unsigned)-1)
		hs_fail(HS("out of memory"));
	hs_heap_next = start + size;
	return start;
}

/* hs_equal says whether two texts of one length are the same. */
static inline int hs_equal(const char *a, const char *b, int len) {
	for (int i = 0; i < len; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

/* hs_text is text in memory. Where there is none, len is the negative result. */
typedef struct {
	char *at;
	int len;
} hs_text;

/* hs_field reads a field whole; name is empty for a field without one. */
static inline hs_text hs_field(int field, const char *name, int name_len) {
	hs_text text = {hs_alloc(256), 0};
	text.len = hs_read(field, name, name_len, HS_ONLY, text.at, 256);
	if (text.len > 256) {
		text.at = hs_alloc(text.len);
		hs_read(field, name, name_len, HS_ONLY, text.at, text.len);
	}
	return text;
}

/* hs_value_whole reads a value whole. */
static inline hs_text hs_value_whole(hs_value v) {
	hs_text text = {hs_alloc(256), 0};
	text.len = hs_value_read(v, text.at, 256);
	if (text.len > 256) {
		text.at = hs_alloc(text.len);
		hs_value_read(v, text.at, text.len);
	}
	return text;
}

/* hs_body reads the raw body whole. */
static inline hs_text hs_body(void) {
	hs_text body = {0, hs_body_len()};
	body.at = hs_alloc(body.len);
	hs_body_read(0, body.at, body.len);
	return body;
}

#endif
