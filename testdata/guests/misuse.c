/* Breaks the contract, in the way that the first letter of the setting "case"
 * says. */
#include "hookseal.h"

static char which(void) {
	char c = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &c, 1);
	return c;
}

HOOKSEAL_CLAIM {
	hs_value v = hs_value_text(HS("x"));
	switch (which()) {
	case 'a': hs_part_value(99); break;
	case 'b': hs_part_body(); break;
	case 'c': hs_alternative("", 0); hs_signature(v, HS_HEX); break;
	case 'd': hs_alternative("", 0); hs_check(HS("md5")); hs_part_digest(HS("md5"), HS_HEX); break;
	case 'e': hs_alternative("", 0); hs_check(HS("md5")); hs_signature(v, 64); break;
	case 'f': hs_read(77, "", 0, HS_ONLY, 0, 0); break;
	case 'g': hs_emit("", 0, "", 0, "", 0); break;
	case 'h': hs_value_split(v, "", 0, 0); break;
	case 'i': hs_condition_member(HS("x")); break;
	case 'j': hs_time_unit(9); break;
	case 'k': hs_time_bound(-1, 0); break;
	case 'l': hs_challenge(500, "", 0, "", 0, 0); break;
	case 'm': for (;;) hs_value_text("", 0);
	case 'n': hs_alternative("", 0); hs_check(HS("md5")); for (;;) hs_part_body();
	case 'o': hs_alternative("", 0); hs_check(HS("md5")); for (;;) hs_part_digest(HS("md5"), HS_HEX);
	case 'p': hs_part_end(); break;
	case 'q': hs_alternative("", 0); hs_check(HS("md5")); hs_key(5, "", 0); break;
	case 'r': hs_value_of(HS_JSON, HS("a\tb"), HS_ONLY); break;
	case 's': hs_digest(HS("crc32"), "", 0, 0, 0); break;
	case 't': hs_condition_time(4, v, HS_SECONDS, 0, 0); break;
	case 'u': hs_refuse(HS("no_reason")); break;
	case 'v': break;
	case 'w': hs_alternative("", 0); break;
	case 'x': hs_alternative("", 0); hs_check(HS("md5")); hs_time(v); break;
	case 'y': hs_alternative("", 0); hs_check(HS("md5")); hs_time_bound(1, 1); break;
	case 'z': hs_time_tolerance(HS("-5m")); break;
	case 'A': hs_name(HS_METHOD, 0, 0, 0); break;
	case 'B': hs_alternative("", 0); hs_check(HS("md5")); hs_signature(v, HS_DECIMAL); break;
	case 'C': hs_condition_time(HS_NOT_AFTER, v, HS_SECONDS, -1, 0); break;
	case 'D': hs_value_or(v, hs_value_of(HS_COOKIE, HS("a"), HS_ONLY)); break;
	case 'E': hs_alternative("", 0); hs_check(HS("md5")); hs_time_unit(HS_SECONDS); break;
	}
	return 0;
}

HOOKSEAL_TRANSFORM {
	switch (which()) {
	case 'a': hs_alternative("", 0); break;
	case 'b': hs_emit_header(HS("x"), HS("1")); break;
	case 'c': hs_emit("", 0, "", 0, "", 0); hs_emit_header(HS("x y"), HS("1")); break;
	case 'd': hs_emit("", 0, "", 0, "", 0); hs_emit_header(HS("x"), HS("1\r\ny: 2")); break;
	case 'e': hs_emit("", 0, HS("a/b\n"), "", 0); break;
	case 'g': hs_emit("", 0, "", 0, "", 0); hs_emit_header(HS("Webhook-Id"), HS("1")); break;
	case 'h': hs_emit("", 0, "", 0, "", 0); hs_emit_header(HS("content-type"), HS("a/b")); break;
	case 'f': hs_emit(HS("a\nb"), "", 0, "", 0); break;
	case 'i': hs_refuse(HS("field_missing")); break;
	case 'j': hs_forward(HS("a\nb")); break;
	}
	return 0;
}
