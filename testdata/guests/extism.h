/* The functions of Extism's ABI that the guests of this folder use, and a little
 * around them. An offset is that of a block in the memory that plug-in and host
 * share; 0 is none. */
#include <stdint.h>

#define EXTISM(name) __attribute__((import_module("extism:host/env"), import_name(#name))) extern

EXTISM(alloc) uint64_t ex_alloc(uint64_t length);
EXTISM(free) void ex_free(uint64_t offset);
EXTISM(length) uint64_t ex_length(uint64_t offset);
EXTISM(load_u8) uint32_t ex_load8(uint64_t offset);
EXTISM(load_u64) uint64_t ex_load64(uint64_t offset);
EXTISM(store_u8) void ex_store8(uint64_t offset, uint32_t value);
EXTISM(store_u64) void ex_store64(uint64_t offset, uint64_t value);
EXTISM(input_length) uint64_t ex_input_length(void);
EXTISM(input_offset) uint64_t ex_input_offset(void);
EXTISM(input_load_u8) uint32_t ex_input8(uint64_t at);
EXTISM(input_load_u64) uint64_t ex_input64(uint64_t at);
EXTISM(output_set) void ex_output(uint64_t offset, uint64_t length);
EXTISM(error_set) void ex_error(uint64_t offset);
EXTISM(config_get) uint64_t ex_config(uint64_t name);
EXTISM(var_get) uint64_t ex_var(uint64_t name);
EXTISM(var_set) void ex_set_var(uint64_t name, uint64_t value);
EXTISM(log_info) void ex_log(uint64_t text);
EXTISM(get_log_level) int32_t ex_log_level(void);

typedef struct {
	char *at;
	int len;
} text;

#define T(literal) ((text){(char *)(literal), sizeof(literal) - 1})

/* share returns a block with a text, eight bytes at a time as the kits do. */
static inline uint64_t share(text t) {
	uint64_t offset = ex_alloc(t.len), eight;
	int i = 0;
	for (; i + 8 <= t.len; i += 8) {
		__builtin_memcpy(&eight, t.at + i, 8);
		ex_store64(offset + i, eight);
	}
	for (; i < t.len; i++)
		ex_store8(offset + i, (unsigned char)t.at[i]);
	return offset;
}

/* input reads the event's body into a place that has room for it. */
static inline void input(char *to, int len) {
	int i = 0;
	for (; i + 8 <= len; i += 8) {
		uint64_t eight = ex_input64(i);
		__builtin_memcpy(to + i, &eight, 8);
	}
	for (; i < len; i++)
		to[i] = ex_input8(i);
}

/* config reads a value of the configuration, at most cap bytes, and returns its
 * length. */
static inline int config(text name, char *to, int cap) {
	uint64_t offset = ex_config(share(name));
	int len = ex_length(offset);
	if (len > cap)
		len = cap;
	for (int i = 0; i < len; i++)
		to[i] = ex_load8(offset + i);
	return len;
}
