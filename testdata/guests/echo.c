/* Reads what the settings "field", "name" and "index" (one digit) say, into a
 * buffer of the size "cap" (one digit), and emits the buffer with the result as
 * type. Without "cap" the buffer is large enough for any test. */
#include "hookseal.h"

static int setting(const char *name, int len, char *buf, int cap) {
	return hs_read(HS_SETTING, name, len, HS_ONLY, buf, cap);
}

static int number(const char *name, int len, int otherwise) {
	char text[2];
	int n = setting(name, len, text, 2);
	if (n < 1)
		return otherwise;
	return n == 1 ? text[0] - '0' : (text[0] - '0') * 10 + text[1] - '0';
}

HOOKSEAL_TRANSFORM {
	static char buf[1024], name[64], type[8];
	int name_len = setting(HS("name"), name, sizeof name);
	/* The high bits of the pointer are garbage before it becomes an i32. */
	volatile unsigned long long wide = 0xdeadbeef00000000ull | (unsigned)buf;
	int n = hs_read(number(HS("field"), 0), name, name_len < 0 ? 0 : name_len, number(HS("index"), HS_ONLY),
		(char *)(unsigned)wide, number(HS("cap"), sizeof buf));
	int digits = n < 0 ? -n : n;
	type[0] = n < 0 ? '-' : '+';
	type[1] = '0' + digits / 100 % 10;
	type[2] = '0' + digits / 10 % 10;
	type[3] = '0' + digits % 10;
	hs_emit(type, 4, "", 0, buf, n < 0 ? 0 : n < (int)sizeof buf ? n : (int)sizeof buf);
	hs_emit_header(HS("x-echo"), HS("yes"));
	return 0;
}
