/* One request, from its first header to its last byte. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/arena.h"
#include "server/http/operation.h"
#include "server/pg/statement.h"
#include <stdbool.h>
#include <stdint.h>

enum language { LANGUAGE_ZH, LANGUAGE_EN };

struct fault {
    char pointer[64]; /* /query/limit, /path/account_id, /header/if-none-match, /body/roles/0 */
    /* required, malformed, too_short, too_long, too_small, too_large, not_allowed, unknown, duplicate */
    const char *code;
    char detail[96]; /* in the request's language */
};

/* A streamed body, in a file of the spool. */
struct upload {
    struct uuid id;
    struct uuid spool_id;
    enum media media; /* what its header says it is */
    uint64_t bytes;   /* 0: none came, and there is no file */
    const char *path; /* of the file: for spool_read, in the handler's work */
    bool is_kept;     /* set in bind together with the call that stores what the file is for: else it is removed */
};

/*
 * What handlers and helpers may use. The runtime's own part (connection, lane, deadlines) is in server/http/exchange.h.
 * Lives until the reply has left; everything it points to is in `arena`. Belongs to one thread.
 */
struct request {
    struct arena *arena;
    enum operation operation;
    enum method method;
    enum language language; /* Accept-Language; Chinese unless English is preferred */
    enum media media;       /* the one form negotiated by Accept */
    struct principal principal;
    struct arg args[LIMIT_ARGS]; /* indexed by the generated enum of the operation */
    struct span path;            /* as sent, without query, still percent-encoded */
    struct span query;           /* as sent, without '?' */
    struct span body;
    uint8_t peer[LIMIT_PEER_BYTES]; /* where it comes from, by a proxy's word if need be: address_caller_bytes */
    uint8_t peer_length;            /* 0: not known */
    struct upload *upload;          /* NULL unless the operation streams its body */
    struct span if_none_match;      /* header value, or empty */
    struct span headers[LIMIT_HEADER_ARGUMENTS]; /* of the operation's header arguments, in their order; or empty */
    char request_id[33];  /* ours or the caller's X-Request-Id when well-formed: 16–32 of [0-9A-Za-z_-] */
    char trace_id[33];    /* from traceparent, else fresh */
    struct fault *faults; /* LIMIT_FIELD_ERRORS of them once there is one; most requests have none */
    uint32_t faults_count;
    bool work; /* set by bind or proceed: run the handler's work before going on */
    /* set by bind: its write is executed and rolled back, but for the record of a look (server/pg/lane.h) */
    bool is_dry_run;
    /* set by bind or proceed: its call is a look at somebody else's data; record it in the same transaction */
    bool look;
    uint64_t look_person_key; /* 0: nobody in particular (a search) */
    struct uuid look_object_id;
    struct uuid consent_id;      /* what allows a client to see this person, for the scope of the operation */
    uint64_t consent_person_key; /* 0: there is none */
    uint64_t viewed_person_key;  /* whose rows a citizen gets by a grant that its call asks for; 0: nobody else's */
    struct span refused_state; /* set by render with PROBLEM_NOT_POSSIBLE_NOW: the state that it is in (api/states.h) */
    struct span possible;      /* and what could be done instead: a JSON array of words */
    void *state;               /* what bind leaves for work, proceed and render, in the arena */
};

/* Adds a fault; those past the maximum are dropped. `detail` in the request's language; NULL: the code's own text. */
void request_fault(struct request *request, enum arg_place place, const char *name, const char *code,
                   const char *detail);
