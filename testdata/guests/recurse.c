/* Recurses until something stops it. */
#include "hookseal.h"

__attribute__((noinline)) static int deeper(volatile int *n) {
	*n += 1;
	return *n < 0 ? 0 : deeper(n) + *n;
}

HOOKSEAL_TRANSFORM {
	static volatile int n;
	if (hs_read(HS_SETTING, HS("good"), HS_ONLY, 0, 0) >= 0)
		return 0;
	return deeper(&n);
}
