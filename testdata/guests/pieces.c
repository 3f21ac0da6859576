/* Signs the member "t" of a header, and takes as id, as the setting "case" says,
 * the same member, another, the whole header, or text of its own. */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	char which = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &which, 1);
	hs_value header = hs_value_of(HS_HEADER, HS("x-sig"), HS_ONLY);
	hs_alternative("", 0);
	hs_check(HS("hmac-sha256"));
	hs_part_value(hs_value_member(header, HS(","), HS("t"), 0));
	hs_signature(hs_value_split(header, HS(","), 2), HS_HEX);
	switch (which) {
	case 's': hs_id(hs_value_member(header, HS(","), HS("t"), 0)); break;
	case 'o': hs_id(hs_value_member(header, HS(","), HS("u"), 0)); break;
	case 'w': hs_id(header); break;
	case 'm': hs_id(hs_value_text(HS("1"))); break;
	}
	return 0;
}
