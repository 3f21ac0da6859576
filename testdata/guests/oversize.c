/* Hands out without end, in the way that the setting "case" says: one large
 * event, many small ones, header fields, or log lines. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	static char large[1 << 16];
	char which = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &which, 1);
	if (which == 'l')
		for (int i = 0; i < 100000; i++)
			hs_log(HS_INFO, HS("line"));
	if (which == 'h')
		hs_emit("", 0, "", 0, "", 0);
	while (which == 'b')
		hs_emit("", 0, "", 0, large, sizeof large);
	while (which == 'e')
		hs_emit("", 0, "", 0, "", 0);
	while (which == 'h')
		hs_emit_header(HS("x-more"), HS("1"));
	return 0;
}

HOOKSEAL_CLAIM {
	static char large[1 << 16];
	for (;;)
		hs_value_text(large, sizeof large);
}
