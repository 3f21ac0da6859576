/* Hands out what it sees of the world: the time, in nanoseconds, and 16 random
 * bytes. In a claim they are the answer to a handshake. */
#include "hookseal.h"

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
WASI(clock_time_get) int clock_time_get(int clock, long long precision, void *time);
WASI(random_get) int random_get(void *buf, int len);

static struct {
	unsigned long long time;
	char random[16];
} seen;

static void look(void) {
	clock_time_get(0, 1, &seen.time);
	random_get(seen.random, sizeof seen.random);
}

HOOKSEAL_CLAIM {
	look();
	hs_challenge(200, "", 0, (char *)&seen, sizeof seen, 1);
	return 0;
}

HOOKSEAL_TRANSFORM {
	unsigned long long earlier, later;
	look();
	clock_time_get(1, 1, &earlier);
	for (volatile int i = 0; i < 1000; i++)
		;
	clock_time_get(1, 1, &later);
	hs_emit(later < earlier ? "back" : later == earlier ? "same" : "later", later < earlier ? 4 : later == earlier ? 4 : 5,
		HS("application/octet-stream"), (char *)&seen, sizeof seen);
	return 0;
}
