/* Decides from a request's header alone what can be decided: framing, route, form of the answer, size, address limit.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include "server/clock.h"
#include "server/http/body_stream.h"
#include "server/http/negotiate.h"
#include "server/http/trace.h"
#include "server/metrics.h"
#include <strings.h>

static const struct {
    struct span text;
    enum method method;
} methods[] = {
    {SPAN("GET"), METHOD_GET},       {SPAN("HEAD"), METHOD_GET},    {SPAN("POST"), METHOD_POST},
    {SPAN("PUT"), METHOD_PUT},       {SPAN("PATCH"), METHOD_PATCH}, {SPAN("DELETE"), METHOD_DELETE},
    {SPAN("OPTIONS"), METHOD_COUNT},
};

static enum method method_of(struct span text)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (span_equal(methods[i].text, text))
            return methods[i].method;
    return METHOD_COUNT;
}

/* Version 0.9 of libmicrohttpd leaves blanks after a value in it; the guard needs them to find its way. */
static struct span without_blanks_after(struct span value)
{
    while (value.length > 0 && (value.bytes[value.length - 1] == ' ' || value.bytes[value.length - 1] == '\t'))
        value.length--;
    return value;
}

static struct span header(const struct guard_input *head, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < head->headers_count; i++)
        if (head->headers[i].name.length == length && strncasecmp(head->headers[i].name.bytes, name, length) == 0)
            return without_blanks_after(head->headers[i].value);
    return (struct span){0};
}

/* Header values live in libmicrohttpd's pool, which a body may overwrite: what is needed later is copied. */
static struct span keep(struct exchange *exchange, const struct guard_input *head, const char *name)
{
    struct span value = header(head, name);
    if (value.length == 0)
        return value;
    const char *copy = arena_copy(exchange->arena, value);
    return (struct span){.bytes = copy, .length = copy == NULL ? 0 : value.length};
}

static void split_target(struct exchange *exchange)
{
    struct span target = exchange->target;
    const char *mark = target.length == 0 ? NULL : memchr(target.bytes, '?', target.length);
    size_t path_length = mark == NULL ? target.length : (size_t)(mark - target.bytes);
    exchange->request.path = (struct span){.bytes = target.bytes, .length = path_length};
    if (mark != NULL)
        exchange->request.query = (struct span){.bytes = mark + 1, .length = target.length - path_length - 1};
}

static void read_headers(struct exchange *exchange, const struct guard_input *head)
{
    struct request *request = &exchange->request;
    trace_request_id(header(head, "X-Request-Id"), request->request_id);
    trace_id(header(head, "traceparent"), request->trace_id);
    request->language = negotiate_language(header(head, "Accept-Language"));
    request->method = method_of(head->method);
    request->if_none_match = keep(exchange, head, "If-None-Match");
    exchange->authorization = keep(exchange, head, "Authorization");
    exchange->origin = keep(exchange, head, "Origin");
    exchange->body_announced_bytes = header(head, "Transfer-Encoding").length > 0 ? -1 : 0;
    split_target(exchange);
}

static enum problem take_address_rate(struct exchange *exchange, const struct sockaddr *caller)
{
    struct rate_limit *limit = exchange->context->service->rate_by_address;
    rate_limit_take(limit, rate_limit_key_of_address(limit, caller), clock_monotonic_us(), &exchange->verdict);
    exchange->verdict_limit = limit;
    if (exchange->verdict.allowed)
        return PROBLEM_NONE;
    metrics_count(METRIC_RATE_LIMITED_ADDRESS);
    return PROBLEM_RATE_LIMITED;
}

static enum problem find_route(struct exchange *exchange, const struct guard_input *head)
{
    struct request *request = &exchange->request;
    bool is_options = span_equal(head->method, SPAN("OPTIONS"));
    switch (router_find(request->method, request->path, &exchange->route)) {
    case ROUTE_FOUND:
        request->operation = exchange->route.operation;
        exchange->operation = &operation_infos[request->operation];
        return PROBLEM_NONE;
    case ROUTE_NOT_FOUND:
        return PROBLEM_NOT_FOUND;
    case ROUTE_METHOD_NOT_ALLOWED:
        if (!is_options)
            return PROBLEM_METHOD_NOT_ALLOWED;
        exchange->reply.status = 204;
        reply_header(&exchange->reply, "Allow", exchange->route.allow);
        cors_preflight(&exchange->context->service->cors, exchange->origin, exchange->route.allow, &exchange->reply);
        return PROBLEM_NONE;
    }
    __builtin_unreachable();
}

/* The generator allows no more of them than there is room. */
static void keep_arguments(struct exchange *exchange, const struct guard_input *head)
{
    const struct operation_info *operation = exchange->operation;
    unsigned count = 0;
    for (int i = 0; i < operation->args_count; i++)
        if (operation->args[i].place == ARG_HEADER)
            exchange->request.headers[count++] = keep(exchange, head, operation->args[i].name);
}

static enum problem check_forms(struct exchange *exchange, const struct guard_input *head)
{
    const struct operation_info *operation = exchange->operation;
    struct request *request = &exchange->request;
    if (!negotiate_media(header(head, "Accept"), operation->media, &request->media))
        return PROBLEM_NOT_ACCEPTABLE;
    int64_t announced_bytes = exchange->body_announced_bytes;
    struct span type = header(head, "Content-Type");
    bool is_fitting = (operation->streams_body ? negotiate_body(type, operation->body_media, &exchange->body_media)
                                               : negotiate_body_is_json(type)) &&
                      header(head, "Content-Encoding").length == 0;
    bool takes_body = operation->body_limit_bytes > 0;
    if (takes_body ? announced_bytes != 0 && !is_fitting : announced_bytes > 0)
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    return announced_bytes > (int64_t)operation->body_limit_bytes ? PROBLEM_BODY_TOO_LARGE : PROBLEM_NONE;
}

static enum problem judge(struct exchange *exchange, const struct guard_input *head, const struct sockaddr *caller)
{
    enum guard_verdict verdict = guard_check(head);
    if (verdict != GUARD_OK) {
        metrics_guard_refused(verdict);
        exchange->closes = guard_closes(verdict);
        return guard_problem(verdict);
    }
    struct span length = header(head, "Content-Length");
    for (size_t i = 0; i < length.length; i++) /* the guard has seen at most 18 digits */
        exchange->body_announced_bytes = exchange->body_announced_bytes * 10 + (length.bytes[i] - '0');
    enum problem problem = take_address_rate(exchange, caller);
    if (problem == PROBLEM_NONE)
        problem = find_route(exchange, head);
    if (problem != PROBLEM_NONE || exchange->operation == NULL)
        return problem;
    keep_arguments(exchange, head);
    if (arena_is_exhausted(exchange->arena)) /* a header that could not be kept is not one that was not sent */
        return PROBLEM_INTERNAL_ERROR;
    return check_forms(exchange, head);
}

void exchange_head(struct exchange *exchange, const struct guard_input *head, const struct sockaddr *peer)
{
    struct sockaddr_storage told;
    const struct sockaddr *caller = guard_caller(head, &told) ? (const struct sockaddr *)&told : peer;
    read_headers(exchange, head);
    _Static_assert(LIMIT_PEER_BYTES == ADDRESS_CALLER_BYTES_MAX, "the address of a caller fits");
    exchange->request.peer_length = (uint8_t)address_caller_bytes(caller, exchange->request.peer);
    exchange->refusal = judge(exchange, head, caller);
    exchange->header_us = clock_monotonic_us();
    exchange->deadline_from_us = exchange->header_us;
    exchange->stage = EXCHANGE_BODY;
    text_init(&exchange->body, LIMIT_BODY_BYTES);
    bool streams = exchange->operation != NULL && exchange->operation->streams_body;
    if (streams && exchange->refusal == PROBLEM_NONE)
        body_stream_begin(exchange);
    if (!streams && exchange->operation != NULL && exchange->operation->body_limit_bytes > LIMIT_BODY_BYTES)
        exchange->body.maximum_bytes = exchange->operation->body_limit_bytes;
    bool endless = exchange->body_announced_bytes < 0 || exchange->body_announced_bytes > LIMIT_SWALLOW_BYTES;
    if (exchange->refusal != PROBLEM_NONE && endless)
        exchange->closes = true;
}
