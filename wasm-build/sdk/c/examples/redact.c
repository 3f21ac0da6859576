/* redact replaces the values of some members of a JSON body, wherever they stand,
 * by "[redacted]", and leaves every other byte as it is. The setting "members"
 * names them, with commas between; the setting "drop" names a type of event that
 * is not sent on at all. The header X-Redacted says how many were replaced.
 *
 * It looks for strings and brackets alone and is no validator. A name that is
 * written with an escape may be any name, and so its value is replaced too. */
#include "hookseal.h"

#define MARK "\"[redacted]\""

/* in is the body, out what is sent in its place. */
static hs_text in, out;
static int room;

static void put(const char *from, int len) {
	if (len > room - out.len) {
		room = 2 * room + len;
		char *at = hs_alloc(room);
		__builtin_memcpy(at, out.at, out.len);
		out.at = at;
	}
	__builtin_memcpy(out.at + out.len, from, len);
	out.len += len;
}

static __attribute__((noreturn)) void not_json(void) {
	hs_fail(HS("the body is not a JSON object or array"));
}

static int is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static int skip_space(int i) {
	while (i < in.len && is_space(in.at[i]))
		i++;
	return i;
}

/* end_of_string returns what follows the string that begins at i. */
static int end_of_string(int i) {
	for (i++; i < in.len; i++) {
		if (in.at[i] == '"')
			return i + 1;
		if (in.at[i] == '\\')
			i++;
	}
	not_json();
}

/* end_of_value returns what follows the value that begins at i. */
static int end_of_value(int i) {
	for (int depth = 0; i < in.len; i++) {
		char c = in.at[i];
		if (c == '"') {
			i = end_of_string(i) - 1;
			if (depth == 0)
				return i + 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c))) {
			return i;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	not_json();
}

static int same(const char *a, int a_len, const char *b, int b_len) {
	return a_len == b_len && hs_equal(a, b, a_len);
}

/* named says whether the list names the member. */
static int named(hs_text list, const char *name, int len) {
	for (int i = 0; i < len; i++)
		if (name[i] == '\\')
			return 1;
	for (int from = 0, i = 0; i <= list.len; i++) {
		if (i < list.len && list.at[i] != ',')
			continue;
		if (same(list.at + from, i - from, name, len))
			return 1;
		from = i + 1;
	}
	return 0;
}

/* redact writes the body into out and returns how many values it replaced. */
static int redact(hs_text members) {
	int count = 0, depth = 0, kept = 0, i = skip_space(0);
	if (i == in.len)
		not_json();
	while (i < in.len) {
		char c = in.at[i];
		if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && !is_space(c)) {
			not_json();
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == '"') {
			int end = end_of_string(i), colon = skip_space(end);
			if (colon < in.len && in.at[colon] == ':' && named(members, in.at + i + 1, end - i - 2)) {
				int value = skip_space(colon + 1);
				put(in.at + kept, value - kept);
				put(HS(MARK));
				kept = end = end_of_value(value);
				count++;
			}
			i = end;
			continue;
		}
		i++;
	}
	if (depth != 0)
		not_json();
	put(in.at + kept, in.len - kept);
	return count;
}

static hs_text decimal(int n) {
	static char digits[10];
	hs_text text = {digits + sizeof digits, 0};
	do {
		*--text.at = '0' + n % 10;
		text.len++;
	} while (n /= 10);
	return text;
}

HOOKSEAL_TRANSFORM {
	hs_text members = hs_field(HS_SETTING, HS("members"));
	if (members.len <= 0)
		hs_fail(HS("the setting \"members\" is missing"));
	hs_text type = hs_field(HS_EVENT_TYPE, HS("")), drop = hs_field(HS_SETTING, HS("drop"));
	if (drop.len > 0 && same(type.at, type.len, drop.at, drop.len)) {
		hs_log(HS_INFO, HS("dropped by its type"));
		return 0;
	}
	in = hs_body();
	room = in.len + 256;
	out.at = hs_alloc(room);
	hs_text count = decimal(redact(members));
	hs_emit("", 0, "", 0, out.at, out.len);
	hs_emit_header(HS("X-Redacted"), count.at, count.len);
	return 0;
}
