/* Asks for memory until it gets no more. With the setting "once" it asks for one
 * page and keeps a mark in it. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	if (hs_read(HS_SETTING, HS("once"), HS_ONLY, 0, 0) >= 0) {
		int pages = __builtin_wasm_memory_grow(0, 1);
		char *mark = (char *)(pages << 16);
		return *mark++ || pages != 1 ? 1 : 0;
	}
	while (__builtin_wasm_memory_grow(0, 16) != (unsigned)-1)
		;
	__builtin_trap();
}
