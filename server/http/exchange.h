/* One request with its reply on the way through the program. Knows nothing of libmicrohttpd. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/rate_limit.h"
#include "server/auth/token_cache.h"
#include "server/http/guard.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "server/http/router.h"
#include "server/pg/lane.h"
#include "server/service.h"
#include "server/work/work_inbox.h"
#include <sys/socket.h>

enum exchange_stage {
    EXCHANGE_HEADER,   /* the request line is known, the header is still coming */
    EXCHANGE_BODY,     /* the header was accepted or refused; the body is coming */
    EXCHANGE_TOKEN,    /* asks PostgreSQL what the token stands for */
    EXCHANGE_ROWS,     /* asks PostgreSQL for the handler's rows */
    EXCHANGE_WORK,     /* the handler's work is queued or runs on a crypto thread */
    EXCHANGE_ANSWERED, /* the reply is complete */
};

struct exchange;
struct body_stream;

/* What a reactor lends to its exchanges. */
struct exchange_context {
    const struct service *service;
    struct lanes *lanes;
    struct work_inbox *inbox;
    struct token_cache *tokens;
    unsigned uploads;    /* streamed bodies with a file, at most LIMIT_UPLOADS */
    size_t bodies_bytes; /* held by all exchanges, at most LIMIT_BODIES_BYTES */
    void (*answered)(struct exchange_context *context, struct exchange *exchange); /* after it had to wait */
};

struct exchange {
    struct task task; /* first: the lane gives it back */
    enum exchange_stage stage;
    struct exchange_context *context;
    struct arena *arena;
    const struct operation_info *operation; /* NULL until routed */
    struct route route;
    enum problem refusal; /* decided from the header; answered once the body has been read */
    bool waited;          /* the answer came later, by way of a lane */
    uint8_t calls_count;  /* what it asked of PostgreSQL, and of the crypto threads: the log tells */
    uint8_t works_count;
    bool closes;        /* the connection must end after the reply */
    struct span target; /* raw */
    struct span origin, authorization;
    uint8_t token_hash[TOKEN_HASH_BYTES];
    int64_t token_asked_at_us;
    int64_t started_us;           /* monotonic: the request line was complete */
    int64_t header_us;            /* the header was complete; 0 before */
    int64_t deadline_from_us;     /* from where the reply's deadline counts: the header, or a streamed body's end */
    int64_t body_us;              /* the body was complete; 0 before */
    int64_t body_announced_bytes; /* Content-Length; -1 when chunked */
    enum media body_media;        /* of a streamed body */
    size_t body_read_bytes;
    struct text body;
    struct body_stream *stream;             /* NULL unless the body is streamed */
    bool lingers;                           /* answered before the body was complete: the rest is read and dropped */
    struct rate_verdict verdict;            /* the tighter one, for the headers */
    const struct rate_limit *verdict_limit; /* NULL: none was asked */
    struct call look;
    struct work work;
    bool works;     /* submitted and not done: while it is so, the exchange stays where it is, whatever its stage */
    bool abandoned; /* closed while it worked: nothing but the arena is left, which closes when the work is done */
    unsigned steps; /* results so far */
    struct reply reply;
    struct request request;
    /* for the daemon */
    void *connection;
    bool suspended;
};

/* `target` is copied. NULL when out of memory. */
struct exchange *exchange_open(struct exchange_context *context, struct span target, int64_t now_us);
/* Whatever its stage: nobody waits for it any more. Its memory goes at once, or when work that runs is done. */
void exchange_close(struct exchange *exchange);

/* The whole header has come. Values in `head` are copied as needed. Decides on a refusal, if any; nothing is answered
 * yet. */
void exchange_head(struct exchange *exchange, const struct guard_input *head, const struct sockaddr *peer);
/* False: not taken, only of a streamed body; the same bytes are to come again after `answered`. */
bool exchange_body(struct exchange *exchange, struct span bytes);
/* The body is complete, or is not worth reading. Afterwards stage is EXCHANGE_ANSWERED, or `answered` will be called.
 */
void exchange_start(struct exchange *exchange);
static inline bool exchange_waits(const struct exchange *exchange)
{
    return exchange->stage == EXCHANGE_TOKEN || exchange->stage == EXCHANGE_ROWS || exchange->stage == EXCHANGE_WORK;
}
/* Waits: gives up and answers `problem`, or PROBLEM_OUTCOME_UNKNOWN when a write may happen all the same. */
void exchange_abort(struct exchange *exchange, enum problem problem);
/* For server/http/steps.c: the reply is complete, or is this problem. */
void exchange_answer(struct exchange *exchange);
void exchange_answer_problem(struct exchange *exchange, enum problem problem);
/* libmicrohttpd has refused the request by itself. */
void exchange_answered_elsewhere(struct exchange *exchange, unsigned status);
/* The last byte of the reply has left, or the client has: counts and logs. */
void exchange_log(const struct exchange *exchange, bool delivered);
