/* Asks for a function that no host serves. */
#include "hookseal.h"

HS_IMPORT(open_socket) int open_socket(int port);

HOOKSEAL_TRANSFORM {
	return open_socket(80);
}
