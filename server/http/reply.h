/* What goes back: status, a few headers, a body. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/json_writer.h"
#include "server/text.h"

#define REPLY_HEADERS 16

/*
 * The runtime adds Content-Type, Date, X-Request-Id, rate-limit and CORS headers and Cache-Control: no-store (unless
 * the handler set its own). `body` is bounded by LIMIT_REPLY_BYTES.
 */
struct reply {
    unsigned status; /* 200 unless changed */
    struct text body;
    struct span content; /* instead of `body`, where it is longer; in memory that lives as long as the request */
    struct {
        const char *name;
        const char *value;
    } headers[REPLY_HEADERS]; /* values live in the request's arena */
    unsigned headers_count;
};

static inline struct span reply_span(const struct reply *reply)
{
    return reply->content.length > 0 ? reply->content : text_span(&reply->body);
}
/* NULL for want of memory is answered 500. */
void reply_header(struct reply *reply, const char *name, const char *value);
/* 201: what was made stands at `location`. */
void reply_created(struct reply *reply, const char *location);
