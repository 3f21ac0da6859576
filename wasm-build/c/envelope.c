/* envelope puts an event into the JSON form of CloudEvents 1.0. A body that is
 * JSON is embedded byte for byte as "data", any other as "data_base64". */
#include "hookseal.h"

/* text is JSON in the making. Its memory grows by doubling. */
struct text {
	char *bytes;
	int len, cap;
};

static char *reserve(struct text *t, int more) {
	if (more > t->cap - t->len) {
		int cap = t->cap * 2 > t->len + more ? t->cap * 2 : t->len + more;
		char *bytes = hs_alloc(cap);
		__builtin_memcpy(bytes, t->bytes, t->len);
		t->bytes = bytes;
		t->cap = cap;
	}
	char *end = t->bytes + t->len;
	t->len += more;
	return end;
}

static void put(struct text *t, const char *from, int len) {
	__builtin_memcpy(reserve(t, len), from, len);
}

static void put_quoted(struct text *t, const char *from, int len) {
	static const char hex[] = "0123456789abcdef";
	put(t, HS("\""));
	for (int i = 0, plain = 0; i <= len; i++) {
		unsigned char c = i < len ? from[i] : 0;
		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		put(t, from + plain, i - plain);
		plain = i + 1;
		if (i == len)
			break;
		char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
		put(t, escape, 6);
	}
	put(t, HS("\""));
}

/* field reads a field whole and returns its length, or a negative result. */
static int field(int which, const char *name, int name_len, char **out) {
	char *buf = hs_alloc(256);
	int n = hs_read(which, name, name_len, HS_ONLY, buf, 256);
	if (n > 256) {
		buf = hs_alloc(n);
		hs_read(which, name, name_len, HS_ONLY, buf, n);
	}
	*out = buf;
	return n;
}

static int put_field(struct text *t, int which, const char *label, int label_len) {
	char *value;
	int n = field(which, "", 0, &value);
	if (n < 0)
		return 0;
	put(t, label, label_len);
	put_quoted(t, value, n);
	return 1;
}

static void put_base64(struct text *t, const unsigned char *from, int len) {
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (int i = 0; i < len; i += 3) {
		int left = len - i;
		unsigned bits = from[i] << 16 | (left > 1 ? from[i + 1] << 8 : 0) | (left > 2 ? from[i + 2] : 0);
		char *to = reserve(t, 4);
		to[0] = alphabet[bits >> 18];
		to[1] = alphabet[bits >> 12 & 63];
		to[2] = left > 1 ? alphabet[bits >> 6 & 63] : '=';
		to[3] = left > 2 ? alphabet[bits & 63] : '=';
	}
}

/* The host reads the whole body before it answers, whatever the name. */
static int body_is_json(void) {
	int n = hs_read(HS_JSON, HS("specversion"), HS_ONLY, 0, 0);
	return n != HS_MALFORMED;
}

HOOKSEAL_TRANSFORM {
	int len = hs_body_len();
	struct text t = {0};
	reserve(&t, len + 1024);
	t.len = 0;
	put(&t, HS("{\"specversion\":\"1.0\""));
	put_field(&t, HS_EVENT_ID, HS(",\"id\":"));
	put_field(&t, HS_EVENT_SOURCE, HS(",\"source\":"));
	if (!put_field(&t, HS_EVENT_TYPE, HS(",\"type\":")))
		put(&t, HS(",\"type\":\"webhook\"")); /* CloudEvents demands a type */
	put_field(&t, HS_EVENT_TIME, HS(",\"time\":"));
	char *content_type;
	int n = field(HS_HEADER, HS("Content-Type"), &content_type);
	if (n >= 0) {
		put(&t, HS(",\"datacontenttype\":"));
		put_quoted(&t, content_type, n);
	}
	if (body_is_json()) {
		put(&t, HS(",\"data\":"));
		hs_body_read(0, reserve(&t, len), len);
	} else {
		unsigned char *body = hs_alloc(len);
		hs_body_read(0, (char *)body, len);
		put(&t, HS(",\"data_base64\":\""));
		put_base64(&t, body, len);
		put(&t, HS("\""));
	}
	put(&t, HS("}"));
	hs_emit("", 0, HS("application/cloudevents+json"), t.bytes, t.len);
	return 0;
}
