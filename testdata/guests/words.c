/* Says what the setting "case" names: in a claim why a request is refused, by the
 * fault of a value or of its own, and how the time is bounded; in a transform the
 * names of what there is. */
#include "hookseal.h"

static char which(void) {
	char c = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &c, 1);
	return c;
}

HOOKSEAL_CLAIM {
	static char fault[32], text[32];
	hs_value lower = hs_value_of(HS_JSON, HS("eventId"), HS_ONLY), upper = hs_value_of(HS_JSON, HS("EventId"), HS_ONLY);
	hs_value either = hs_value_or(upper, lower);
	int n = hs_value_fault(either, fault, sizeof fault);
	int len;
	switch (which()) {
	case 'f': /* the fault of a value, if it has one */
		if (n > 0)
			hs_refuse(fault, n);
		break;
	case 'o': /* a reason of its own, and what follows does not count */
		hs_alternative("", 0);
		hs_check(HS("md5"));
		hs_part_digest(HS("md5"), HS_HEX);
		hs_refuse(HS("key_not_allowed"));
		hs_refuse(HS("field_missing"));
		return 0;
	case 'c': /* what a credential is like cannot be asked */
		if (hs_value_fault(hs_value_strip(hs_value_of(HS_HEADER, HS("authorization"), HS_ONLY), HS("x")), 0, 0) != 0)
			hs_fail(HS("the fault of a credential"));
		break;
	case 't': /* the tolerance of the configuration */
		hs_time_bound(1, 1);
		len = hs_read(HS_SETTING, HS("tolerance"), HS_ONLY, text, sizeof text);
		hs_time_tolerance(text, len);
		hs_time(hs_value_text(HS("1")));
		hs_time_unit(HS_SECONDS);
		break;
	case 'q': /* the parameters of the query, in the order in which they came */
		for (int i = 0; (len = hs_name(HS_QUERY, i, text, sizeof text)) >= 0; i++)
			hs_log(HS_INFO, text, len);
		if (len != HS_ABSENT)
			hs_refuse(HS("field_malformed"));
		break;
	}
	hs_alternative("", 0);
	hs_check(HS("md5"));
	hs_part_digest(HS("crc32"), HS_DECIMAL);
	hs_part_secret();
	hs_part_end();
	hs_part_value(hs_value_of(HS_TARGET, "", 0, HS_ONLY));
	hs_signature(hs_value_text(HS("00")), HS_HEX);
	hs_id(either);
	return 0;
}

HOOKSEAL_TRANSFORM {
	static char name[64], type[32] = "named.";
	int field = which() == 's' ? HS_SETTING : which() == 'f' ? HS_FORM : which() == 'q' ? HS_QUERY :
		which() == 'c' ? HS_COOKIE : HS_HEADER;
	int n;
	for (int i = 0; (n = hs_name(field, i, name, sizeof name)) >= 0; i++) {
		for (int j = 0; j < n; j++)
			type[6 + j] = name[j];
		hs_forward(type, 6 + n);
		hs_emit_header(HS("x-name"), name, n);
	}
	type[0] = '0' - n;
	hs_forward(type, 1);
	return 0;
}
