/* Never returns, unless the setting "good" is there. */
#include "hookseal.h"

HOOKSEAL_TRANSFORM {
	volatile int turns = 0;
	while (hs_read(HS_SETTING, HS("good"), HS_ONLY, 0, 0) == HS_ABSENT)
		for (int i = 0; i < 1000000; i++)
			turns++;
	return 0;
}

HOOKSEAL_CLAIM {
	for (volatile int turns = 0;; turns++)
		;
}
