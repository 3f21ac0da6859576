/* Chaindoc signs JSON.stringify of the parsed body with HMAC-SHA256, in hex. The
 * body as it came is tried first: when it matches, the bytes themselves were
 * verified. X-Webhook-Event is not signed, so where it is there it must repeat
 * the event of the body. */
#include "hookseal.h"

static void alternative(const char *name, int len, void (*part)(void), hs_value signature) {
	hs_alternative(name, len);
	hs_check(HS("hmac-sha256"));
	part();
	hs_signature(signature, HS_HEX);
}

HOOKSEAL_CLAIM {
	hs_value signature = hs_value_of(HS_HEADER, HS("X-Webhook-Signature"), HS_ONLY);
	hs_value event = hs_value_of(HS_JSON, HS("event"), HS_ONLY);

	alternative(HS("raw"), hs_part_body, signature);
	alternative(HS("stringified"), hs_part_ecmascript_body, signature);
	hs_condition_equals(event, hs_value_of(HS_HEADER, HS("X-Webhook-Event"), HS_ONLY), 1);
	hs_type(event);
	return 0;
}
