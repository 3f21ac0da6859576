/* Traps, unless the setting "good" is there. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	if (hs_read(HS_SETTING, HS("good"), HS_ONLY, 0, 0) == HS_ABSENT)
		__builtin_trap();
	hs_emit(HS("good"), "", 0, "", 0);
	return 0;
}
