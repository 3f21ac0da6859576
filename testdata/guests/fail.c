/* Fails, in the way that the setting "case" says: with a message, or with a
 * status alone. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	char which = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &which, 1);
	if (which == 'm')
		hs_fail(HS("the invoice has no number"));
	return 7;
}
