/* Tries to prove one header by another: without a secret, or with the setting
 * "good", with it; by the algorithm that the setting "case" names. */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	char algorithm[32], good;
	int n = hs_read(HS_SETTING, HS("case"), HS_ONLY, algorithm, sizeof algorithm);
	hs_alternative("", 0);
	hs_check(algorithm, n);
	hs_part_value(hs_value_of(HS_HEADER, HS("x-a"), HS_ONLY));
	if (hs_read(HS_SETTING, HS("good"), HS_ONLY, &good, 1) > 0)
		hs_part_secret();
	hs_signature(hs_value_of(HS_HEADER, HS("x-b"), HS_ONLY), HS_HEX);
	return 0;
}
