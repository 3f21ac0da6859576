/* Uses up what a call is granted, in the way that the setting "case" names; without
 * one it behaves. */
#include "hookseal.h"

static char block[1 << 20];
static volatile int sink;

static int is(const char *name) {
	char text[1];
	return hs_read(HS_SETTING, HS("case"), HS_ONLY, text, 1) > 0 && text[0] == *name;
}

/* Two functions that call each other through pointers. */
typedef int (*nested)(int);
static nested volatile other;
__attribute__((noinline)) static int one(int n) { return n < 0 ? 0 : other(n + 1) + 1; }
__attribute__((noinline)) static int two(int n) { return n < 0 ? 0 : one(n + 2) + 1; }

/* A frame with many values that live across the call. */
__attribute__((noinline)) static int wide(int n) {
	int a = sink, b = sink, c = sink, d = sink, e = sink, f = sink, g = sink, h = sink;
	int i = sink, j = sink, k = sink, l = sink, m = sink, o = sink, p = sink, q = sink;
	return n < 0 ? 0 : wide(n + 1) + a + b + c + d + e + f + g + h + i + j + k + l + m + o + p + q;
}

/* Takes twice as long for each level, and nests no deeper than n. */
__attribute__((noinline)) static int double_(int n) { return n == 0 ? sink : double_(n - 1) + double_(n - 1); }

HOOKSEAL_TRANSFORM {
	char sum[32];
	if (is("bulk"))
		for (;;) {
			__builtin_memset(block, sink, sizeof block);
			sink++;
		}
	if (is("move"))
		for (;;) {
			__builtin_memmove(block + 1, block, sizeof block - 1);
			sink++;
		}
	if (is("digest"))
		for (;;)
			hs_digest(HS("sha512"), block, sizeof block, sum, sizeof sum);
	if (is("json"))
		for (;;)
			hs_read(HS_JSON, HS("a"), HS_ONLY, 0, 0);
	if (is("read"))
		for (;;)
			hs_body_len();
	if (is("log"))
		for (;;)
			hs_log(HS_INFO, block, sizeof block);
	if (is("exponential"))
		sink = double_(60);
	if (is("indirect")) {
		other = two;
		sink = one(0);
	}
	if (is("wide"))
		sink = wide(0);
	hs_emit(HS("good"), "", 0, "", 0);
	return 0;
}
