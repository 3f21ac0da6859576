/* Hands the host memory that is not there, in the way that the setting "case"
 * says: a buffer, a text, or a length that wraps around. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	char which = 0;
	if (hs_read(HS_SETTING, HS("case"), HS_ONLY, &which, 1) < 0)
		return 0;
	if (which == 'b')
		hs_body_read(0, (char *)0x7ffffff0, 64);
	if (which == 't')
		hs_log(HS_INFO, (char *)0xfffffff0, 8);
	if (which == 'w')
		hs_emit("", 0, "", 0, (char *)16, -1);
	return 0;
}
