/* An Extism plug-in that breaks a rule, as the configuration "case" says. Without
 * a case it sends on a block of eight bytes. */
#include "extism.h"

static int calls;
static volatile uint64_t sink;

static int grow(void) { return __builtin_wasm_memory_grow(0, 16384) == (unsigned long)-1; }

static int recurse(int n) { return n ? recurse(n + 1) + (int)sink : 0; }

__attribute__((export_name("quiet"))) void quiet(void) { ex_output(share(T("quiet")), 5); }

__attribute__((export_name("takes"))) int takes(int n) { return n; }

__attribute__((export_name("transform"))) int transform(void) {
	char c[2] = "";
	config(T("case"), c, 2);
	uint64_t block = share(T("12345678"));
	if (calls++)
		return 9;
	ex_output(block, 8);
	switch (c[0]) {
	case 'a': ex_load64(0); break;
	case 'b': ex_load8(-1); break;
	case 'c': ex_store64(1 << 20, 1); break;
	case 'd': ex_store8(15, 1); break;
	case 'e': ex_config(block + 1); break;
	case 'f': ex_alloc(1ull << 40); break;
	case 'g': ex_alloc(-1); break;
	case 'h': for (;;) ex_alloc(1);
	case 'i': for (;;) ex_alloc(1 << 20);
	case 'j': ex_output(ex_alloc(5 << 20), 5 << 20); break;
	case 'k': ex_output(block, 1 << 12); break;
	case 'l': ex_error(share(T("it says why"))); break;
	case 'w': ex_error(share(T("it says why"))); __builtin_trap();
	case 'm': return 7;
	case 'n': for (;;) ex_load8(block);
	case 'o': for (;;) sink++;
	case 'p': return grow() ? ex_alloc(1 << 20), __builtin_trap(), 1 : 1;
	case 'q': return recurse(1);
	case 'r': ex_input8(ex_input_length()); break;
	case 's':
		for (int i = 0;; i++)
			ex_set_var(share((text){(char *)&i, 4}), block);
	case 't': ex_set_var(block, ex_alloc(30 << 20)); ex_set_var(block, 0); ex_set_var(block, ex_alloc(30 << 20)); break;
	case 'u': ex_output(-8, 16); break;
	case 'v': ex_free(block); ex_log(block); break;
	/* These are allowed. */
	case 'A': ex_free(block); ex_free(block); ex_free(7); ex_free(-1); break;
	case 'B': ex_output(0, 0); break;
	case 'C':
		for (int i = 0; i < 100000; i++)
			ex_free(ex_alloc(1 << 16));
		break;
	case 'D': ex_output(ex_input_offset(), ex_input_length()); break;
	case 'E': {
		uint64_t first = ex_alloc(3), second;
		ex_free(first);
		second = ex_alloc(5);
		return first == second && ex_length(first) == 5 && ex_length(first + 1) == 0 && ex_length(0) == 0 && ex_alloc(0) == 0 ? 0 : 1;
	}
	case 'F': ex_error(share(T("taken back"))); ex_error(0); break;
	case 'G': ex_free(block); ex_store64(ex_alloc(8), 0); break;
	case 'H': return ex_log_level() == 1 && ex_var(share(T("none"))) == 0 ? 0 : 1;
	case 'J':
		for (int i = 0; i < 1000; i++)
			ex_set_var(block, ex_input_offset());
		for (int i = 0; i < 1000; i++) {
			uint64_t large = ex_alloc(1 << 20);
			ex_set_var(block, large);
			ex_free(large);
		}
		return ex_length(ex_var(block)) == 1 << 20 ? 0 : 1;
	case 'I': return ex_load64(ex_alloc(17) + 16) == 0 ? 0 : 1;
	}
	return 0;
}
