/* From libmicrohttpd's form of a request's header to ours. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"
#include <microhttpd.h>

/* For libmicrohttpd a proxy has an address of no family: so it is not counted among the connections of one address. */
#define LIBRARY_PROXY_FAMILY AF_UNSPEC

/* Calls exchange_head with what the library has read. */
void library_head(struct MHD_Connection *connection, struct exchange *exchange, const char *method,
                  const char *version);
