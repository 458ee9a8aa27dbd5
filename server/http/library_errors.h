/* libmicrohttpd answers some faults itself, before any callback; this gives those answers our form. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"
#include <microhttpd.h>

/* As MHD_queue_response, for replies of our own. Everything else that is queued is the library's and is replaced. */
enum MHD_Result library_queue_own(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);
/* Answers a request of which the library still awaits the rest; the caller then shuts the connection down. */
void library_refuse(int fd, struct exchange *exchange, enum problem problem);
/*
 * A body that is too long to read for the sake of its refusal. Who sends a long file is answered at once, and what
 * still comes is dropped: closing with bytes unread would reset the connection, and the answer might never be seen.
 */
enum MHD_Result library_give_up(struct MHD_Connection *connection, struct exchange *exchange);
enum MHD_Result library_drop(size_t *upload_size); /* for the pieces that follow */
