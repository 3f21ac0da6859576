/* An Extism plug-in that sends on what the configuration has under the name that
 * the body is. */
#include "extism.h"

static char name[64], value[256];

__attribute__((export_name("transform"))) int transform(void) {
	int len = ex_input_length();
	input(name, len);
	text found = {value, config((text){name, len}, value, sizeof value)};
	ex_output(share(found), found.len);
	return 0;
}
