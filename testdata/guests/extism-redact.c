/* The redact of the SDK for C over the functions of Extism's ABI: the same code
 * reads the body and writes the result, so that two hosts can be compared by it. */
#include "extism.h"

/* What the example takes from hookseal.h. */
#define HOOKSEAL_H
#define HS(literal) (literal), ((int)sizeof(literal) - 1)
#define HOOKSEAL_TRANSFORM static int redact_event(void)
enum { HS_SETTING, HS_EVENT_TYPE };
enum { HS_INFO };
typedef text hs_text;

extern char __heap_base;
static char *heap;

static char *hs_alloc(int size) {
	if (!heap)
		heap = &__heap_base;
	char *at = heap;
	heap += (size + 7) & ~7;
	unsigned long pages = ((unsigned long)heap + 65535) / 65536, have = __builtin_wasm_memory_size(0);
	if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (unsigned long)-1)
		__builtin_trap();
	return at;
}

static int hs_equal(const char *a, const char *b, int len) {
	for (int i = 0; i < len; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

static __attribute__((noreturn)) void hs_fail(const char *at, int len) {
	ex_error(share((text){(char *)at, len}));
	__builtin_trap();
}

static void hs_log(int level, const char *at, int len) {
	(void)level;
	ex_log(share((text){(char *)at, len}));
}

static hs_text hs_field(int field, const char *name, int len) {
	text key = field == HS_EVENT_TYPE ? T("hookseal.type") : (text){(char *)name, len};
	hs_text out = {hs_alloc(256), 0};
	out.len = config(key, out.at, 256);
	return out;
}

static hs_text hs_body(void) {
	hs_text body = {0, ex_input_length()};
	body.at = hs_alloc(body.len);
	input(body.at, body.len);
	return body;
}

static void hs_emit(const char *type, int type_len, const char *media, int media_len, const char *body, int len) {
	(void)type, (void)type_len, (void)media, (void)media_len;
	ex_output(share((text){(char *)body, len}), len);
}

/* A plug-in of Extism hands out no header fields. */
static void hs_emit_header(const char *name, int name_len, const char *value, int value_len) {
	(void)name, (void)name_len, (void)value, (void)value_len;
}

#include "../../wasm-build/sdk/c/examples/redact.c"

/* Extism keeps memory and variables between calls, so they are put back here. */
__attribute__((export_name("transform"))) int transform(void) {
	heap = 0;
	out.len = 0;
	return redact_event();
}
