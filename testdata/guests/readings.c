/* Makes one claim of each kind of reading that the setting "case" names: a token, the
 * canonical body, a member's text, an expression. */
#include "hookseal.h"

static void over(void (*part)(void), hs_value value, hs_value signature, int encoding) {
	hs_alternative(HS(""));
	hs_check(HS("hmac-sha256"));
	if (part)
		part();
	else
		hs_part_value(value);
	hs_signature(signature, encoding);
}

HOOKSEAL_CLAIM {
	char which = 0;
	hs_read(HS_SETTING, HS("case"), HS_ONLY, &which, 1);
	hs_value sent = hs_value_of(HS_HEADER, HS("x-sig"), HS_ONLY);
	hs_value token = hs_value_strip(hs_value_of(HS_HEADER, HS("authorization"), HS_ONLY), HS("JWT "));
	char seen[8];
	switch (which) {
	case 't':
		over(0, hs_value_jws(token, HS("HS256"), HS("input")), hs_value_jws(token, HS("HS256"), HS("signature")), HS_BASE64URL);
		hs_key(HS_HINTED_SECRETS, HS(""));
		hs_key_id(hs_value_jws(token, HS("HS256"), HS("claims.iss")));
		hs_id(hs_value_jws(token, HS("HS256"), HS("claims.jti")));
		hs_time(hs_value_jws(token, HS("HS256"), HS("claims.iat")));
		hs_time_unit(HS_SECONDS);
		break;
	case 'r':
		if (hs_value_read(hs_value_jws(token, HS("HS256"), HS("claims.jti")), seen, sizeof seen) != HS_DENIED ||
		    hs_read(HS_EXPRESSION, HS("header.Authorization | lower"), HS_ONLY, seen, sizeof seen) != HS_DENIED)
			hs_fail(HS("a credential was read"));
		hs_refuse(HS("signature_missing"));
		break;
	case 'c':
		over(hs_part_canonical_body, 0, sent, HS_HEX);
		hs_id(hs_value_of(HS_JSON, HS("b.id"), HS_ONLY));
		break;
	case 'm':
		over(0, hs_value_of(HS_JSON_TEXT, HS("b"), HS_ONLY), sent, HS_HEX);
		hs_id(hs_value_of(HS_JSON, HS("b.id"), HS_ONLY));
		break;
	case 's':
		over(0, hs_value_of(HS_JSON_STRINGIFIED, HS("b"), HS_ONLY), sent, HS_HEX);
		hs_id(hs_value_of(HS_JSON, HS("a"), HS_ONLY));
		break;
	case 'e':
		over(0, hs_value_of(HS_EXPRESSION, HS("json.a or json.A | uuid:N"), HS_ONLY), sent, HS_HEX);
		hs_id(hs_value_of(HS_EXPRESSION, HS("json.a or json.A | uuid:N"), HS_ONLY));
		break;
	case 'x':
		hs_value_of(HS_EXPRESSION, HS("jwt.claims.iss"), HS_ONLY);
		break;
	}
	return 0;
}
