/* Replaces the HTML pages of libmicrohttpd by problem+json (docs/adr/0001). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/library_errors.h"
#include "server/clock.h"
#include "server/http/connections.h"
#include "server/http/problem.h"
#include "server/http/trace.h"
#include "server/log.h"
#include "server/metrics.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

typedef enum MHD_Result queue_function(struct MHD_Connection *connection, unsigned status,
                                       struct MHD_Response *response);

static queue_function *found;

/* By the dynamic linker's rules: the definition behind ours. */
static void find(void)
{
    void *symbol = dlsym(RTLD_NEXT, "MHD_queue_response");
    memcpy(&found, &symbol, sizeof found);
}

static queue_function *library_queue(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find);
    return found;
}

enum MHD_Result library_queue_own(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    return library_queue()(connection, status, response);
}

static enum problem problem_of(unsigned status)
{
    switch (status) {
    case 408:
        return PROBLEM_REQUEST_TIMEOUT;
    case 413:
        return PROBLEM_BODY_TOO_LARGE;
    case 414:
        return PROBLEM_URI_TOO_LONG;
    case 431:
        return PROBLEM_HEADERS_TOO_LARGE;
    case 500:
        return PROBLEM_INTERNAL_ERROR;
    case 501:
        return PROBLEM_NOT_IMPLEMENTED;
    case 503:
        return PROBLEM_OVERLOADED;
    default:
        return PROBLEM_MALFORMED_REQUEST;
    }
}

static void render(enum problem problem, const char *request_id, struct reply *reply)
{
    struct request request = {.language = LANGUAGE_ZH};
    memcpy(request.request_id, request_id, sizeof request.request_id);
    text_init(&reply->body, LIMIT_REPLY_BYTES);
    problem_render(&request, problem, reply);
}

static struct exchange *exchange_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct http_connection *known = info == NULL ? NULL : info->socket_context;
    return known == NULL ? NULL : known->exchange;
}

/* Between the last byte of the header and the first callback, where the library looks at Host and Content-Length. */
static bool is_judging_header(struct MHD_Connection *connection, const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info != NULL && exchange != NULL && exchange->stage == EXCHANGE_HEADER;
}

/* Straight to the socket: only while no other reply is on its way. The caller sees to it that the connection closes. */
static void send_finished(int fd, const struct reply *reply)
{
    struct text out;
    struct tm utc;
    char date[40];
    time_t now_s = (time_t)(clock_real_us() / 1000000);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now_s, &utc));
    text_init(&out, LIMIT_REPLY_BYTES);
    text_printf(&out, "HTTP/1.1 %u Refused\r\nDate: %s\r\nConnection: close\r\nContent-Length: %zu\r\n", reply->status,
                date, reply->body.length);
    for (unsigned i = 0; i < reply->headers_count; i++)
        text_printf(&out, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
    text_append(&out, "\r\n", 2);
    text_append_span(&out, text_span(&reply->body));
    if (!out.failed && send(fd, out.bytes, out.length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        LOG(LOG_DEBUG, "refusal_not_sent", LOG_INT("errno", errno));
    text_fini(&out);
}

static void send_reply(int fd, struct reply *reply, const char *request_id)
{
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Request-Id", request_id);
    send_finished(fd, reply);
}

/*
 * There, version 0.9 goes on with the request after queueing its answer, and sends the answer's head twice. So the
 * answer goes straight to the socket, on which nothing else is under way, and declining to queue makes the library
 * close.
 */
static enum MHD_Result send_and_close(struct MHD_Connection *connection, struct reply *reply, const char *request_id)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL)
        send_reply(info->connect_fd, reply, request_id);
    return MHD_NO;
}

void library_refuse(int fd, struct exchange *exchange, enum problem problem)
{
    struct reply reply = {.status = problem_infos[problem].status};
    text_init(&reply.body, LIMIT_REPLY_BYTES);
    problem_render(&exchange->request, problem, &reply);
    send_reply(fd, &reply, exchange->request.request_id);
    exchange_answered_elsewhere(exchange, reply.status);
    text_fini(&reply.body);
}

enum MHD_Result library_give_up(struct MHD_Connection *connection, struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (exchange->stream == NULL || info == NULL)
        return MHD_NO;
    exchange_answer_problem(exchange, exchange->refusal);
    send_finished(info->connect_fd, &exchange->reply);
    shutdown(info->connect_fd, SHUT_WR);
    exchange->lingers = true;
    exchange->deadline_from_us = clock_monotonic_us();
    return MHD_YES;
}

enum MHD_Result library_drop(size_t *upload_size)
{
    bool is_over = *upload_size == 0;
    *upload_size = 0;
    return is_over ? MHD_NO : MHD_YES;
}

static enum MHD_Result queue(struct MHD_Connection *connection, const struct reply *reply, const char *request_id)
{
    struct MHD_Response *ours =
        MHD_create_response_from_buffer(reply->body.length, reply->body.bytes, MHD_RESPMEM_MUST_COPY);
    if (ours == NULL)
        return MHD_NO;
    MHD_add_response_header(ours, "Content-Type", "application/problem+json");
    MHD_add_response_header(ours, "Cache-Control", "no-store");
    MHD_add_response_header(ours, "X-Request-Id", request_id);
    MHD_add_response_header(ours, "Connection", "close");
    enum MHD_Result result = library_queue()(connection, reply->status, ours);
    MHD_destroy_response(ours);
    return result;
}

/*
 * Seen by the dynamic linker before the library's own function of this name, so the library's internal calls arrive
 * here: a header that does not fit, a broken chunk, a request line it cannot read. No request was recognised, hence no
 * language.
 */
enum MHD_Result MHD_queue_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response)
{
    char request_id[TRACE_REQUEST_ID_LENGTH_MAX + 1];
    struct reply reply = {.status = 400};
    struct exchange *exchange = exchange_of(connection);
    (void)response;
    trace_request_id((struct span){0}, request_id);
    render(problem_of(status), request_id, &reply);
    metrics_count(METRIC_LIBRARY_REFUSED);
    LOG(LOG_INFO, "request_refused_by_library", LOG_INT("status", status), LOG_TEXT("request_id", span_of(request_id)));
    enum MHD_Result result = MHD_get_version()[0] == '0' && is_judging_header(connection, exchange)
                                 ? send_and_close(connection, &reply, request_id)
                                 : queue(connection, &reply, request_id);
    if (exchange != NULL) /* so that it is counted and logged as what it was */
        exchange_answered_elsewhere(exchange, reply.status);
    text_fini(&reply.body);
    return result;
}
