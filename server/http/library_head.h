/* From libmicrohttpd's form of a request's header to ours. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"
#include <microhttpd.h>

/* Calls exchange_head with what the library has read. */
void library_head(struct MHD_Connection *connection, struct exchange *exchange, const char *method,
                  const char *version);
