/* Builds a claim of everything that a claim can have. */
#include "hookseal.h"

HOOKSEAL_CLAIM {
	hs_value header = hs_value_of(HS_HEADER, HS("x-sig"), HS_ONLY);
	hs_value stated = hs_value_member(header, HS(","), HS("t"), 0);
	hs_value first = hs_value_strip(hs_value_split(header, HS(","), 1), HS("v1="));

	hs_alternative(HS("first"));
	hs_check(HS("hmac-sha512"));
	hs_key(HS_HINTED_SECRETS, HS("hex"));
	hs_key_id(hs_value_of(HS_QUERY, HS("key"), HS_ONLY));
	hs_part_literal(HS("v1:"));
	hs_part_value(stated);
	hs_part_body();
	hs_part_digest(HS("sha256"), HS_HEX_UPPER);
	hs_part_secret();
	hs_part_ecmascript_body();
	hs_part_end();
	hs_signature(first, HS_HEX | HS_BASE64URL);
	hs_check(HS("ed25519"));
	hs_key(HS_REFERENCED, "", 0);
	hs_key_url(HS("https://keys.example/1"), 1);
	hs_signature(hs_value_member(header, HS(","), HS("v1"), 1), HS_RAW);

	hs_condition_equals(stated, hs_value_text(HS("1700000000")), 1);
	hs_condition_in(hs_value_of(HS_METHOD, "", 0, HS_ONLY), 0);
	hs_condition_member(HS("POST"));
	hs_condition_member(HS("PUT"));
	hs_condition_digest(hs_value_of(HS_HEADER, HS("digest"), HS_ONLY), HS("sha256"), HS_BASE64, 1);
	hs_part_body();
	hs_part_end();
	hs_condition_time(HS_NOT_AFTER, stated, HS_MILLISECONDS, 60000, 0);

	hs_time(stated);
	hs_time_unit(HS_SECONDS);
	hs_time_unit(HS_DOTNET_INVARIANT);
	hs_time_bound(300000, 1500);
	hs_id(hs_value_of(HS_JSON, HS("id"), HS_ONLY));
	hs_type(hs_value_split(hs_value_of(HS_JSON, HS("type"), HS_ONLY), HS("."), 0));
	hs_challenge(200, HS("text/plain"), HS("token"), 1);
	return 0;
}
