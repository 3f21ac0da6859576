/* TrueLayer signs a token with its payload detached, ES512: the method and path, a
 * line for each header that the token's own header lists, and the body. The token
 * says where its key is, which counts if it is the place of the environment. */
#include "hookseal.h"

#define MOST_LISTED 16

/* listed are the headers that the token covers, each with how its line begins. */
typedef struct {
	hs_text begins[MOST_LISTED];
	hs_value header[MOST_LISTED];
	int count;
} listed;

static int is(hs_text text, const char *other, int len) {
	return text.len == len && hs_equal(text.at, other, len);
}

static hs_value said(hs_value token, const char *name, int len) {
	return hs_value_jws(token, HS("ES512"), name, len);
}

static void add(listed *l, const char *name, int len) {
	hs_text line = {hs_alloc(len + 2), len + 2};
	for (int i = 0; i < len; i++)
		line.at[i] = name[i];
	line.at[len] = ':';
	line.at[len + 1] = ' ';
	l->begins[l->count] = line;
	l->header[l->count++] = hs_value_of(HS_HEADER, name, len, HS_ONLY);
}

/* read_listed reads the names between commas. It returns 0 for a list that no
 * token has: one that is too long, or a name that no header can have. */
static int read_listed(hs_value names, listed *l) {
	hs_text text = hs_value_whole(names);
	l->count = 0;
	for (int from = 0, i = 0; i <= text.len; i++) {
		if (i < text.len && text.at[i] != ',') {
			if ((unsigned char)text.at[i] < ' ')
				return 0;
			continue;
		}
		if (i > from) {
			if (l->count == MOST_LISTED)
				return 0;
			add(l, text.at + from, i - from);
		}
		from = i + 1;
	}
	return 1;
}

/* alternative is the token over one form of the path. */
static void alternative(const char *name, int len, hs_value token, hs_text place, hs_value path, const listed *l) {
	hs_alternative(name, len);
	hs_check(HS("ecdsa-sha512-p1363"));
	hs_key(HS_REFERENCED, HS("ecdsa"));
	hs_key_id(said(token, HS("header.kid")));
	hs_key_url(place.at, place.len, 0);
	hs_part_value(said(token, HS("input")));
	hs_part_digest(HS("verbatim"), HS_BASE64URL);
	hs_part_value(hs_value_of(HS_METHOD, "", 0, HS_ONLY));
	hs_part_literal(HS(" "));
	hs_part_value(path);
	hs_part_literal(HS("\n"));
	for (int i = 0; i < l->count; i++) {
		hs_part_literal(l->begins[i].at, l->begins[i].len);
		hs_part_value(l->header[i]);
		hs_part_literal(HS("\n"));
	}
	hs_part_body();
	hs_part_end();
	hs_signature(said(token, HS("signature")), HS_BASE64URL);
}

/* other_slash is the path with a final slash, or without the one that it has. */
static hs_value other_slash(void) {
	hs_text path = hs_field(HS_PATH, "", 0);
	if (path.len > 0 && path.at[path.len - 1] == '/')
		return hs_value_text(path.at, path.len - 1);
	char *longer = hs_alloc(path.len + 1);
	for (int i = 0; i < path.len; i++)
		longer[i] = path.at[i];
	longer[path.len] = '/';
	return hs_value_text(longer, path.len + 1);
}

static hs_text place_of(hs_text environment) {
	static char live[] = "https://webhooks.truelayer.com/.well-known/jwks";
	static char sandbox[] = "https://webhooks.truelayer-sandbox.com/.well-known/jwks";
	if (is(environment, HS("sandbox")))
		return (hs_text){sandbox, sizeof sandbox - 1};
	return (hs_text){live, sizeof live - 1};
}

HOOKSEAL_CLAIM {
	hs_value token = hs_value_of(HS_HEADER, HS("Tl-Signature"), HS_ONLY);
	hs_text place = place_of(hs_field(HS_SETTING, HS("environment")));
	hs_text key = hs_value_whole(said(token, HS("header.jku")));
	listed l;

	if (key.len >= 0 && !is(key, place.at, place.len)) {
		hs_refuse(HS("key_not_allowed"));
		return 0;
	}
	if (!read_listed(said(token, HS("header.tl_headers")), &l)) {
		hs_refuse(HS("signature_malformed"));
		return 0;
	}
	alternative(HS("path"), token, place, hs_value_of(HS_PATH, "", 0, HS_ONLY), &l);
	alternative(HS("other-slash"), token, place, other_slash(), &l);
	hs_condition_in(said(token, HS("header.tl_version")), 0);
	hs_condition_member(HS("2"));

	hs_text tolerance = hs_field(HS_SETTING, HS("tolerance"));
	hs_time(hs_value_of(HS_HEADER, HS("X-Tl-Webhook-Timestamp"), HS_ONLY));
	hs_time_unit(HS_ISO8601);
	hs_time_tolerance(tolerance.at, tolerance.len);
	hs_id(hs_value_of(HS_JSON, HS("event_id"), HS_ONLY));
	hs_type(hs_value_of(HS_EXPRESSION, HS("json.type or json.event_type"), HS_ONLY));
	return 0;
}
