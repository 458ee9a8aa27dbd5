/* What the daemon knows of each open connection, and the deadlines it holds them to. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/http/exchange.h"
#include <stdint.h>

struct http_connection {
    struct http_connection *previous, *next;
    struct exchange *exchange; /* the request under way, or NULL */
    int fd;
    bool fresh;            /* nothing has been answered on it yet */
    bool cut;              /* shut down; libmicrohttpd will notice */
    int64_t idle_since_us; /* accepted, or last request over */
    uint64_t idle_bytes;   /* received when first seen idle; valid when idle_seen */
    bool idle_seen;
    int64_t reply_since_us;  /* when the reply was first seen waiting for its reader; 0: it was not */
    int64_t header_since_us; /* bytes of a next request have been coming since; 0: none */
};

struct http_connections {
    struct http_connection *first;
    unsigned count;
    int64_t stopping_since_us; /* 0: not stopping */
};

struct http_connection *connections_add(struct http_connections *connections, int fd, int64_t now_us);
void connections_remove(struct http_connections *connections, struct http_connection *connection);
/* Its request is over; the next one may come. */
void connections_rest(struct http_connection *connection, int64_t now_us);
/* Cuts what is overdue, and answers requests that have waited too long. */
void connections_sweep(struct http_connections *connections, const struct config *config, int64_t now_us);
