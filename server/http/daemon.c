/* Drives libmicrohttpd in external epoll mode and turns its callbacks into exchanges. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/daemon.h"
#include "server/auth/address.h"
#include "server/clock.h"
#include "server/http/connections.h"
#include "server/http/library_errors.h"
#include "server/http/library_head.h"
#include "server/log.h"
#include "server/metrics.h"
#include <microhttpd.h>
#include <stdlib.h>
#include <sys/epoll.h>

/* While requests wait for rows without being suspended, libmicrohttpd asks to be run without pause. */
#define WAITING_PATIENCE_US INT64_C(3000)
/* Longer waits are rare, and then suspending (three more system calls) is cheaper than being asked again and again. */
#define SUSPEND_AFTER_US INT64_C(10000)
#define PATIENCE_MAXIMUM_US INT64_C(100000)

struct http_daemon {
    struct exchange_context context; /* first: exchanges point here */
    struct MHD_Daemon *mhd;
    struct http_connections connections;
    unsigned waiting;  /* requests that were found waiting, unsuspended, in the last run */
    unsigned answered; /* replies that became ready since the last run */
    int64_t now_us;
    bool winds_down;
    bool closing; /* nothing is suspended any more: libmicrohttpd would end the process */
};

static void exchange_answered(struct exchange_context *context, struct exchange *exchange)
{
    struct http_daemon *daemon = (struct http_daemon *)context;
    daemon->answered++;
    if (!exchange->suspended)
        return;
    exchange->suspended = false;
    MHD_resume_connection(exchange->connection);
}

static struct http_connection *connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_daemon *daemon = cls;
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED: {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = connections_add(&daemon->connections, info->connect_fd, daemon->now_us);
        return;
    }
    case MHD_CONNECTION_NOTIFY_CLOSED:
        if (*socket_context != NULL)
            connections_remove(&daemon->connections, *socket_context);
        *socket_context = NULL;
        return;
    }
}

/* The request line is complete. The target comes here as it was sent, before libmicrohttpd splits it. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    struct http_daemon *daemon = cls;
    struct http_connection *known = connection_of(connection);
    if (known == NULL)
        return NULL;
    known->exchange = exchange_open(&daemon->context, span_of(target), clock_monotonic_us());
    if (known->exchange == NULL)
        return NULL;
    known->exchange->connection = connection;
    return known->exchange;
}

static enum MHD_Result queue_reply(struct http_daemon *daemon, struct MHD_Connection *connection,
                                   struct exchange *exchange)
{
    const struct reply *reply = &exchange->reply;
    struct span body = reply_span(reply);
    /* It is only read; the library's type says otherwise. */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.length, (void *)(uintptr_t)body.bytes, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    bool complete = true;
    for (unsigned i = 0; i < reply->headers_count; i++)
        complete &= MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value) == MHD_YES;
    if (exchange->closes || daemon->winds_down)
        complete &= MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
    enum MHD_Result result = complete ? library_queue_own(connection, reply->status, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_or_wait(struct http_daemon *daemon, struct MHD_Connection *connection,
                                      struct exchange *exchange)
{
    if (exchange->stage == EXCHANGE_ANSWERED)
        return queue_reply(daemon, connection, exchange);
    if (daemon->closing || clock_monotonic_us() - exchange->body_us < SUSPEND_AFTER_US) {
        daemon->waiting++;
        return MHD_YES;
    }
    exchange->suspended = true;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static enum MHD_Result start(struct http_daemon *daemon, struct MHD_Connection *connection, struct exchange *exchange)
{
    exchange->body_us = clock_monotonic_us();
    exchange_start(exchange);
    return answer_or_wait(daemon, connection, exchange);
}

/*
 * Called with the header, with each piece of the body, then with an empty piece, and from then on at every run until a
 * reply is queued. A reply may be queued in the first call only where the connection is to end.
 */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **context)
{
    struct http_daemon *daemon = cls;
    struct exchange *exchange = *context;
    (void)url;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->lingers)
        return library_drop(upload_size);
    switch (exchange->stage) {
    case EXCHANGE_HEADER:
        library_head(connection, exchange, method, version);
        return exchange->closes ? start(daemon, connection, exchange) : MHD_YES;
    case EXCHANGE_BODY:
        if (*upload_size == 0)
            return start(daemon, connection, exchange);
        if (!exchange_body(exchange, (struct span){.bytes = upload, .length = *upload_size}))
            return answer_or_wait(daemon, connection, exchange);
        explicit_bzero((char *)(uintptr_t)upload, *upload_size); /* the library would free it with the password in it */
        *upload_size = 0;
        if (exchange->body_read_bytes > LIMIT_SWALLOW_BYTES && exchange->refusal != PROBLEM_NONE)
            return library_give_up(connection, exchange);
        return MHD_YES;
    case EXCHANGE_TOKEN:
    case EXCHANGE_ROWS:
    case EXCHANGE_WORK:
    case EXCHANGE_ANSWERED:
        return answer_or_wait(daemon, connection, exchange);
    }
    __builtin_unreachable();
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct http_daemon *daemon = cls;
    struct exchange *exchange = *context;
    if (exchange == NULL)
        return;
    struct http_connection *known = connection_of(connection);
    if (known != NULL)
        connections_rest(known, daemon->now_us);
    exchange_log(exchange, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    exchange_close(exchange);
    *context = NULL;
}

/* The target is judged and decoded by the guard and by server/http/arguments.c, not here. */
static size_t keep_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

struct http_daemon *http_daemon_open(const struct service *service, struct lanes *lanes, struct work_inbox *inbox,
                                     struct token_cache *tokens, unsigned connections_max,
                                     unsigned connections_per_address_max)
{
    struct http_daemon *daemon = calloc(1, sizeof *daemon);
    if (daemon == NULL)
        return NULL;
    daemon->context = (struct exchange_context){
        .service = service, .lanes = lanes, .inbox = inbox, .tokens = tokens, .answered = exchange_answered};
    daemon->now_us = clock_monotonic_us();
    daemon->mhd = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, on_request, daemon,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, daemon, MHD_OPTION_NOTIFY_CONNECTION, on_connection, daemon,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, daemon, MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_HEADER_BYTES, MHD_OPTION_CONNECTION_LIMIT, connections_max,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, connections_per_address_max, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)service->config->idle_timeout_s, MHD_OPTION_END);
    if (daemon->mhd != NULL)
        return daemon;
    free(daemon);
    return NULL;
}

void http_daemon_close(struct http_daemon *daemon)
{
    daemon->closing = true;
    for (struct http_connection *known = daemon->connections.first; known != NULL; known = known->next)
        if (known->exchange != NULL && exchange_waits(known->exchange))
            exchange_abort(known->exchange, PROBLEM_OVERLOADED);
    http_daemon_run(daemon, clock_monotonic_us());
    MHD_stop_daemon(daemon->mhd);
    free(daemon);
}

int http_daemon_fd(const struct http_daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD);
    return info == NULL ? -1 : info->epoll_fd;
}

void http_daemon_add(struct http_daemon *daemon, int fd, const struct sockaddr *peer, socklen_t peer_length)
{
    struct sockaddr_storage counted = {.ss_family = LIBRARY_PROXY_FAMILY};
    socklen_t counted_length = sizeof counted.ss_family;
    if (!proxies_contain(&daemon->context.service->proxies, peer))
        counted_length = address_of_caller(peer, peer_length, &counted);
    if (MHD_add_connection(daemon->mhd, fd, (struct sockaddr *)&counted, counted_length) != MHD_YES)
        metrics_count(METRIC_CONNECTION_REFUSED_TOTAL); /* libmicrohttpd has closed it */
}

void http_daemon_run(struct http_daemon *daemon, int64_t now_us)
{
    daemon->now_us = now_us;
    daemon->waiting = 0;
    daemon->answered = 0;
    MHD_run(daemon->mhd);
}

bool http_daemon_has_answers(const struct http_daemon *daemon)
{
    return daemon->answered > 0;
}

int64_t http_daemon_patience_us(const struct http_daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    if (daemon->answered > 0)
        return 0;
    if (daemon->waiting > 0)
        return WAITING_PATIENCE_US;
    if (MHD_get_timeout(daemon->mhd, &timeout_ms) != MHD_YES || timeout_ms >= PATIENCE_MAXIMUM_US / 1000)
        return PATIENCE_MAXIMUM_US;
    return (int64_t)timeout_ms * 1000;
}

void http_daemon_sweep(struct http_daemon *daemon, int64_t now_us)
{
    daemon->now_us = now_us;
    connections_sweep(&daemon->connections, daemon->context.service->config, now_us);
}

void http_daemon_wind_down(struct http_daemon *daemon)
{
    daemon->winds_down = true;
}

void http_daemon_stop_begin(struct http_daemon *daemon, int64_t now_us)
{
    daemon->winds_down = true;
    daemon->connections.stopping_since_us = now_us;
}

unsigned http_daemon_connections(const struct http_daemon *daemon)
{
    return daemon->connections.count;
}
