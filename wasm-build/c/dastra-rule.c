/* Dastra signs the body with HMAC-SHA256, in base64. The setting key says how the
 * validation key becomes bytes. */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	char prepare[64];
	int length = hs_read(HS_SETTING, HS("key"), HS_ONLY, prepare, sizeof prepare);

	hs_alternative(HS(""));
	hs_check(HS("hmac-sha256"));
	if (length > 0 && length <= (int)sizeof prepare)
		hs_key(HS_SOURCE_SECRETS, prepare, length);
	hs_part_body();
	hs_signature(hs_value_of(HS_HEADER, HS("Dastra-Signature"), HS_ONLY), HS_BASE64);
	return 0;
}
