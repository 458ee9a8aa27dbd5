/* A body too long for memory: goes into a file of the spool while it arrives, once it is known who sends it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/exchange.h"
#include "server/spool.h"

enum body_stream_state {
    BODY_STREAM_NEW,   /* nothing has come yet */
    BODY_STREAM_ASKS,  /* the first piece waits, untaken, until PostgreSQL has said what the token stands for */
    BODY_STREAM_OPEN,  /* the caller may send it, and the arguments are right */
    BODY_STREAM_ENDED, /* refused, or complete */
};

struct body_stream {
    enum body_stream_state state;
    struct exchange *exchange;
    struct spool_file *file; /* NULL before BODY_STREAM_OPEN */
    struct upload upload;    /* what the handler sees */
    int64_t window_since_us; /* monotonic: the bytes since then are counted, to see whether they keep coming */
    size_t window_bytes;
};

/* The header was accepted, of an operation with streams_body. */
void body_stream_begin(struct exchange *exchange);
/* False: nothing was taken; the same piece is to come again after `answered`. Refusals are in exchange->refusal. */
bool body_stream_take(struct exchange *exchange, struct span bytes);
/* The body is complete. True when the caller is known and permitted already: the handler is next. */
bool body_stream_end(struct exchange *exchange);
/* The wait for the token is given up. False when that was not what the exchange waited for. */
bool body_stream_abort(struct exchange *exchange, enum problem problem);
/* Less has come than LIMIT_STREAM_BYTES_PER_S for as long as YIBAO_BODY_TIMEOUT_S. */
bool body_stream_is_stalled(struct exchange *exchange, int64_t now_us);
