/* smino makes a SHA-512 of the event's id, its time and the secret, in hex. The
 * time is what the body says, or that as the invariant culture of .NET writes it;
 * the body names its members in either case. */
#include "hookseal.h"

#define STATED "json.TimeStamp or json.timeStamp"

static void alternative(const char *name, int len, hs_value id, hs_value time, hs_value signature) {
	hs_alternative(name, len);
	hs_check(HS("sha512"));
	hs_part_value(id);
	hs_part_literal(HS("."));
	hs_part_value(time);
	hs_part_literal(HS("."));
	hs_part_secret();
	hs_signature(signature, HS_HEX_UPPER);
}

/* milliseconds reads a duration of whole numbers and units, such as "1m30s"; it is
 * negative for anything else. */
static long long milliseconds(const char *text, int len) {
	long long total = 0, number = -1;
	for (int i = 0; i < len; i++) {
		char c = text[i];
		if (c >= '0' && c <= '9') {
			number = (number < 0 ? 0 : number) * 10 + (c - '0');
			if (number > 1000000000)
				return -1;
			continue;
		}
		long long unit = c == 'h' ? 3600000 : c == 'm' ? 60000 : c == 's' ? 1000 : 0;
		if (c == 'm' && i + 1 < len && text[i + 1] == 's') {
			unit = 1;
			i++;
		}
		if (unit == 0 || number < 0)
			return -1;
		total += number * unit;
		number = -1;
	}
	return number < 0 ? total : -1;
}

static void bound(void) {
	char text[32];
	int len = hs_read(HS_SETTING, HS("tolerance"), HS_ONLY, text, sizeof text);
	if (len == 3 && text[0] == 'o' && text[1] == 'f' && text[2] == 'f')
		return;
	long long limit = len > 0 && len <= (int)sizeof text ? milliseconds(text, len) : -1;
	if (limit <= 0)
		hs_fail(HS("the setting tolerance is neither a duration such as 5m nor off"));
	hs_time_bound(limit, limit);
}

HOOKSEAL_CLAIM {
	hs_value signature = hs_value_of(HS_HEADER, HS("x-hook-signature"), HS_ONLY);
	hs_value id = hs_value_of(HS_EXPRESSION, HS("json.EventId or json.eventId | uuid:N"), HS_ONLY);
	hs_value time = hs_value_of(HS_EXPRESSION, HS(STATED), HS_ONLY);

	alternative(HS("verbatim"), id, time, signature);
	alternative(HS("dotnet"), id, hs_value_of(HS_EXPRESSION, HS(STATED " | dotnet-invariant"), HS_ONLY), signature);
	hs_time(time);
	hs_time_unit(HS_ISO8601);
	hs_time_unit(HS_DOTNET_INVARIANT);
	bound();
	hs_id(id);
	return 0;
}
