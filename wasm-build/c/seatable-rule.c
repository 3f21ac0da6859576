/* SeaTable signs the body with HMAC-SHA256, in hex behind "sha256=". */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	hs_value signature = hs_value_of(HS_HEADER, HS("X-SeaTable-Signature"), HS_ONLY);

	hs_alternative(HS(""));
	hs_check(HS("hmac-sha256"));
	hs_part_body();
	hs_signature(hs_value_strip(signature, HS("sha256=")), HS_HEX);
	hs_type(hs_value_of(HS_JSON, HS("event"), HS_ONLY));
	return 0;
}
