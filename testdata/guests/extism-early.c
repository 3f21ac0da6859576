/* An Extism plug-in that reads its input before it is called. */
#include "extism.h"

__attribute__((export_name("_initialize"))) void initialize(void) { ex_free(ex_alloc(8)); ex_input_length(); }

__attribute__((export_name("transform"))) int transform(void) { return 0; }
