/* Qualifio signs the body with HMAC-SHA256, behind "sha256=". Its page shows no
 * digest: hex and base64 are both taken, and cannot be confused. */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	hs_value signature = hs_value_of(HS_HEADER, HS("X-Qualifio-Signature"), HS_ONLY);

	hs_alternative(HS(""));
	hs_check(HS("hmac-sha256"));
	hs_part_body();
	hs_signature(hs_value_strip(signature, HS("sha256=")), HS_HEX | HS_BASE64);
	return 0;
}
