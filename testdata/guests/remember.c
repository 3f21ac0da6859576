/* Fails in a call that sees what an earlier one left in memory. */
#include "hookseal.h"

static int calls;

HOOKSEAL_TRANSFORM {
	if (calls++)
		hs_fail(HS("an earlier call was here"));
	hs_emit("", 0, "", 0, "", 0);
	return 0;
}
