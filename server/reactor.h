/* One thread, one loop, one core: sockets, libmicrohttpd and PostgreSQL connections of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/address.h"
#include "server/service.h"
#include <stdbool.h>

struct reactor;

/* Listens at once, so that the caller can report a taken port; serves after reactor_start. NULL after logging why. */
struct reactor *reactor_open(const struct service *service, unsigned index, unsigned reactors,
                             const struct address *address);
bool reactor_start(struct reactor *reactor);
void reactor_stop(struct reactor *reactor);  /* asks for a graceful stop; any thread, any number of times */
void reactor_close(struct reactor *reactor); /* waits for its end */
