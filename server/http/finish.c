/* Adds the headers that do not depend on the operation, and logs the exchange when it is over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/finish.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include <strings.h>

#define RETRY_AFTER_S "1" /* overload and reconnects pass within a second or two */

static bool has_header(const struct reply *reply, const char *name)
{
    for (unsigned i = 0; i < reply->headers_count; i++)
        if (strcasecmp(reply->headers[i].name, name) == 0)
            return true;
    return false;
}

static const char *content_type(enum media media)
{
    switch (media) {
    case MEDIA_JSON:
        return "application/json";
    case MEDIA_CSV:
        return "text/csv; charset=utf-8; header=present";
    case MEDIA_TEXT:
        return "text/plain; charset=utf-8";
    case MEDIA_PDF:
        return "application/pdf";
    case MEDIA_JPEG:
        return "image/jpeg";
    case MEDIA_PNG:
        return "image/png";
    }
    __builtin_unreachable();
}

static void rate_headers(struct exchange *exchange)
{
    char *text = arena_alloc(exchange->arena, RATE_LIMIT_HEADER_BYTES);
    if (exchange->verdict_limit == NULL || text == NULL)
        return;
    rate_limit_text(exchange->verdict_limit, &exchange->verdict, text);
    reply_header(&exchange->reply, "RateLimit-Policy", rate_limit_policy_text(exchange->verdict_limit));
    reply_header(&exchange->reply, "RateLimit", text);
}

/* How long is the handler's to say, where it is the handler's reason. */
static void default_retry_after(struct reply *reply, const char *seconds)
{
    if (!has_header(reply, "Retry-After"))
        reply_header(reply, "Retry-After", seconds);
}

void finish_problem(struct exchange *exchange, enum problem problem)
{
    struct reply *reply = &exchange->reply;
    switch (problem_infos[problem].status) {
    case 401:
        reply_header(reply, "WWW-Authenticate",
                     exchange->authorization.length == 0 ? "Bearer realm=\"yibao\""
                                                         : "Bearer realm=\"yibao\", error=\"invalid_token\"");
        return;
    case 405:
        reply_header(reply, "Allow", exchange->route.allow);
        return;
    case 429:
        default_retry_after(reply, arena_printf(exchange->arena, "%lld", (long long)exchange->verdict.retry_after_s));
        return;
    case 503:
        default_retry_after(reply, RETRY_AFTER_S);
        return;
    default:
        return;
    }
}

/* What caches must tell apart: the form where there are several, the language where there are texts of ours. */
static const char *varies_by(const struct exchange *exchange)
{
    uint32_t media = exchange->operation == NULL ? 0 : exchange->operation->media;
    bool has_forms = (media & (media - 1)) != 0;
    if (exchange->reply.status >= 400)
        return has_forms ? "Accept, Accept-Language" : "Accept-Language";
    return has_forms ? "Accept" : NULL;
}

void finish_reply(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    reply_header(reply, "X-Request-Id", exchange->request.request_id);
    if (reply->body.length > 0 && !has_header(reply, "Content-Type"))
        reply_header(reply, "Content-Type", content_type(exchange->request.media));
    if (!has_header(reply, "Cache-Control"))
        reply_header(reply, "Cache-Control", "no-store");
    if (varies_by(exchange) != NULL && !has_header(reply, "Vary"))
        reply_header(reply, "Vary", varies_by(exchange));
    rate_headers(exchange);
    if (reply->status != 204 || exchange->route.allow == NULL)
        cors_simple(&exchange->context->service->cors, exchange->origin, reply);
}

/* From a closed list: what a caller sends is not logged. */
static struct span method_text(const struct exchange *exchange)
{
    switch (exchange->request.method) {
    case METHOD_GET:
        return SPAN("GET"); /* HEAD too */
    case METHOD_POST:
        return SPAN("POST");
    case METHOD_PUT:
        return SPAN("PUT");
    case METHOD_PATCH:
        return SPAN("PATCH");
    case METHOD_DELETE:
        return SPAN("DELETE");
    case METHOD_COUNT:
        return SPAN("OTHER");
    }
    __builtin_unreachable();
}

void exchange_log(const struct exchange *exchange, bool delivered)
{
    const struct reply *reply = &exchange->reply;
    int64_t duration_us = clock_monotonic_us() - exchange->started_us;
    bool answered = exchange->stage == EXCHANGE_ANSWERED;
    unsigned status = answered ? reply->status : 499; /* the client left first */
    metrics_request(exchange->operation == NULL ? OPERATION_NONE : exchange->request.operation, status, duration_us);
    if (!delivered)
        metrics_count(METRIC_CLIENT_GONE);
    LOG(LOG_INFO, "request", LOG_TEXT("route", span_of(exchange->operation == NULL ? "-" : exchange->operation->route)),
        LOG_TEXT("method", method_text(exchange)), LOG_INT("status", status), LOG_INT("duration_us", duration_us),
        LOG_INT("calls", exchange->calls_count), LOG_INT("works", exchange->works_count),
        LOG_INT("bytes", (int64_t)reply_span(reply).length),
        LOG_TEXT("request_id", span_of(exchange->request.request_id)),
        LOG_TEXT("trace_id", span_of(exchange->request.trace_id)), LOG_INT("delivered", delivered));
}
