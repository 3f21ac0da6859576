/* Emits the digest of the body by the algorithm that the setting "case" names,
 * and logs the body. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	static char body[4096], algorithm[16], out[64];
	int len = hs_body_read(0, body, sizeof body);
	int n = hs_read(HS_SETTING, HS("case"), HS_ONLY, algorithm, sizeof algorithm);
	hs_log(HS_WARN, body, len);
	hs_emit("", 0, HS("application/octet-stream"), out, hs_digest(algorithm, n, body, len, out, sizeof out));
	return 0;
}
