/* Compares credentials that it must not see. */
#include "hookseal.h"

static int denied(int field, const char *name, int name_len) {
	char byte;
	return hs_read(field, name, name_len, HS_ONLY, &byte, 1) == HS_DENIED &&
		hs_value_read(hs_value_of(field, name, name_len, HS_ONLY), &byte, 1) == HS_DENIED;
}

HOOKSEAL_CLAIM {
	hs_value token = hs_value_strip(hs_value_of(HS_HEADER, HS("authorization"), HS_ONLY), HS("Bearer "));
	char byte;
	if (!denied(HS_HEADER, HS("authorization")) || !denied(HS_HEADER, HS("COOKIE")) || !denied(HS_COOKIE, HS("session")) ||
		hs_value_read(token, &byte, 1) != HS_DENIED)
		hs_fail(HS("credentials can be read"));
	hs_alternative("", 0);
	hs_check(HS("token"));
	hs_signature(token, HS_RAW);
	hs_signature(hs_value_of(HS_COOKIE, HS("session"), HS_ONLY), HS_RAW);
	return 0;
}
