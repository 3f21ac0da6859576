/* standard-webhooks is a rule for the scheme of Standard Webhooks, version 1; the
 * built-in pack says the same as data.
 *
 * See https://github.com/standard-webhooks/standard-webhooks. */
#include "hookseal.h"

/* How many signatures a request may carry. */
#define MOST 16
#define TOLERANCE_MS (5 * 60 * 1000)

static int begins(hs_text text, int from, const char *with, int len) {
	return text.len - from >= len && hs_equal(text.at + from, with, len);
}

/* refuse hands on a header that cannot be read: none holds a line break, so that
 * what lacks one is a malformed signature. */
static void refuse(hs_value header) {
	hs_signature(hs_value_strip(header, HS("\n")), HS_BASE64);
}

/* signatures adds those of version 1. The header holds items such as
 * "v1,<base64>" between spaces, and other versions are passed over. */
static void signatures(hs_value header) {
	hs_text text = hs_value_whole(header);
	if (text.len <= 0) {
		hs_signature(header, HS_BASE64);
		return;
	}
	int count = 0, versioned = 1;
	for (int n = 0, from = 0, i = 0, comma = 0; i <= text.len; i++) {
		if (i < text.len && text.at[i] != ' ') {
			comma |= text.at[i] == ',';
			continue;
		}
		versioned &= comma;
		if (begins(text, from, HS("v1,")) && count++ < MOST)
			hs_signature(hs_value_strip(hs_value_split(header, HS(" "), n), HS("v1,")), HS_BASE64);
		from = i + 1;
		comma = 0;
		n++;
	}
	if (count > MOST || (count == 0 && !versioned))
		refuse(header);
}

HOOKSEAL_CLAIM {
	hs_value id = hs_value_of(HS_HEADER, HS("webhook-id"), HS_ONLY);
	hs_value at = hs_value_of(HS_HEADER, HS("webhook-timestamp"), HS_ONLY);

	hs_alternative("", 0);
	hs_check(HS("hmac-sha256"));
	hs_key(HS_SOURCE_SECRETS, HS("strip:whsec_ | base64"));
	hs_part_value(id);
	hs_part_literal(HS("."));
	hs_part_value(at);
	hs_part_literal(HS("."));
	hs_part_body();
	signatures(hs_value_of(HS_HEADER, HS("webhook-signature"), HS_ONLY));

	hs_id(id);
	hs_type(hs_value_of(HS_JSON, HS("type"), HS_ONLY));
	hs_time(at);
	hs_time_unit(HS_SECONDS);
	hs_time_bound(TOLERANCE_MS, TOLERANCE_MS);
	return 0;
}
