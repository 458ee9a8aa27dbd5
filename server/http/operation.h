/* What the generated table says about an operation, and what a handler must provide. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "operations.h" /* generated from openapi.yaml by tools/generate_operations.py: enum operation, enum problem, argument indices */
#include "server/auth/principal.h"
#include "server/pg/statement.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

struct request;
struct reply;

/*
 * A handler is two pure functions. bind: typed arguments → one call (leave STATEMENT_NONE when nothing is to be asked).
 * render: that call's rows → the reply. Each returns PROBLEM_NONE, or the problem that is then sent instead
 * (field errors are added with request_fault). Neither ever waits, nor sees a connection.
 *
 * Two more for the few operations that take several steps; NULL in all others. A request may be given up between two
 * steps, so a write comes last, or is harmless by itself (such as counting an attempt).
 */
struct handler {
    enum problem (*bind)(struct request *request, struct call *call);
    /*
     * Slow cryptography, on a crypto thread. Touches nothing but request->state and what bind or proceed put there for
     * it: not the arena, not the request. Asked for by request->work = true in bind or proceed; runs before the call
     * that the same bind or proceed has bound, and may change the bytes that this call's spans point to. Where no call
     * was bound, its end is a result without rows (STATEMENT_NONE). It runs to its end even when the request is given
     * up, and only then the arena closes. False: it could not be done, for want of memory; the answer is 500 and
     * nothing is asked any more, for there is nothing to judge or store.
     */
    bool (*work)(void *state);
    /*
     * After each result, and before render: may bind one more call (it starts as STATEMENT_NONE), ask for work, and set
     * request->look anew; when it does neither of the first two, render follows with these rows.
     */
    enum problem (*proceed)(struct request *request, const struct rows *rows, struct call *call);
    enum problem (*render)(struct request *request, const struct rows *rows, struct reply *reply);
};

/* HEAD is GET; OPTIONS is the router's */
enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };

enum media {
    MEDIA_JSON = 1 << 0,
    MEDIA_CSV = 1 << 1,
    MEDIA_TEXT = 1 << 2,
    /* Documents: bytes that are passed on as they are. */
    MEDIA_PDF = 1 << 3,
    MEDIA_JPEG = 1 << 4,
    MEDIA_PNG = 1 << 5,
};

enum arg_place { ARG_PATH, ARG_QUERY, ARG_HEADER, ARG_BODY };

enum arg_type {
    ARG_TEXT,    /* string; minLength, maxLength in characters; optional enum; optional pattern named by format */
    ARG_INTEGER, /* integer with minimum, maximum */
    ARG_BOOLEAN,
    ARG_UUID,    /* format: uuid */
    ARG_DATE,    /* format: date → days */
    ARG_MONTH,   /* format: month (YYYY-MM) → months, see clock.h */
    ARG_INSTANT, /* format: date-time → µs */
    ARG_REGION,  /* format: region-code: six digits */
    ARG_TEXTS,   /* array of strings, each under the item's enum/length rules */
    ARG_OBJECTS, /* array of objects, each with the same few fields; body only */
};

struct arg_info {
    const char *name;
    enum arg_place place;
    enum arg_type type;
    enum arg_type item_type; /* ARG_TEXTS: ARG_TEXT or ARG_REGION */
    bool required;
    int64_t minimum; /* value, or length in characters; for ARG_TEXTS of one item */
    int64_t maximum;
    int64_t items_minimum; /* ARG_TEXTS, ARG_OBJECTS */
    int64_t items_maximum;
    const char *const *choices; /* NULL-terminated closed list, or NULL */
    bool has_default;
    int64_t default_number;        /* for integers and booleans */
    const struct arg_info *fields; /* ARG_OBJECTS: of each object; neither arrays nor defaults */
    uint8_t fields_count;
};

struct arg {
    bool present; /* also true when filled by a default */
    union {
        int64_t number; /* integer, boolean, days, months, µs */
        struct uuid uuid;
        struct span text; /* text and region: borrowed from the request's arena, valid UTF-8, no control characters */
        struct {
            const struct span *items;
            size_t count;
        } texts;
        struct {
            const struct arg *values; /* field after field of one object after another: count × fields_count */
            size_t count;
        } objects;
    };
};

struct operation_info {
    const char *name;  /* operationId in snake_case: get_account_balance */
    const char *route; /* /v1/accounts/{account_id}/balance: the label of metrics and logs */
    enum method method;
    uint32_t kinds; /* bit per enum principal_kind that may call it; public operations have PRINCIPAL_ANONYMOUS */
    uint32_t roles; /* staff need at least one of these */
    uint32_t client_kinds; /* bit per enum client_kind: a client is one of these; 0: of any kind */
    struct span scope;     /* what of a person's a client sees here, with consent; the first argument is an id of that
                              person; empty where clients need none */
    uint32_t media;        /* bits of enum media that it can answer */
    uint32_t body_limit_bytes; /* 0: takes no body */
    uint32_t body_media;       /* bits of enum media: what a streamed body may be; 0: it is JSON, in memory */
    bool streams_body;         /* into a file of the spool: request->upload */
    bool on_replica;           /* a stand-by may answer what it asks by statements that allow it */
    uint8_t args_count;
    const struct arg_info *args;
    const struct handler *handler;
};

extern const struct operation_info operation_infos[]; /* indexed by enum operation */
extern const char *const argument_headers[];          /* NULL-terminated, in lower case: those that may be arguments */

struct problem_info {
    const char *code;
    uint16_t status;
    bool retryable;
    const char *title_zh, *title_en, *detail_zh, *detail_en;
};

extern const struct problem_info problem_infos[]; /* indexed by enum problem, in order of precedence */
