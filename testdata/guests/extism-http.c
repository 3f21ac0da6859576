/* An Extism plug-in that asks for the network. */
#include "extism.h"

EXTISM(http_request) uint64_t ex_http(uint64_t request, uint64_t body);

__attribute__((export_name("transform"))) int transform(void) { return ex_http(0, 0) != 0; }
