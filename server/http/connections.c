/* Header, body, reply and idle deadlines: libmicrohttpd's own time-out measures inactivity only. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/connections.h"
#include "server/http/body_stream.h"
#include "server/http/library_errors.h"
#include "server/metrics.h"
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#define SECOND_US INT64_C(1000000)
#define STOP_IDLE_US (SECOND_US / 2)    /* a stop gives an idle client this long to say something */
#define READER_GRACE_US (2 * SECOND_US) /* for the "too slow" answer itself to leave */
#define READER_US (8 * SECOND_US)       /* for a reply to be taken, and as long as reading_us says besides */

struct http_connection *connections_add(struct http_connections *connections, int fd, int64_t now_us)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return NULL;
    connection->fd = fd;
    connection->fresh = true;
    connection->idle_since_us = now_us;
    connection->next = connections->first;
    if (connections->first != NULL)
        connections->first->previous = connection;
    connections->first = connection;
    connections->count++;
    metrics_http_connections(1);
    return connection;
}

void connections_remove(struct http_connections *connections, struct http_connection *connection)
{
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    connections->count--;
    metrics_http_connections(-1);
    free(connection);
}

void connections_rest(struct http_connection *connection, int64_t now_us)
{
    connection->exchange = NULL;
    connection->fresh = false;
    connection->idle_seen = false;
    connection->header_since_us = 0;
    connection->reply_since_us = 0;
    connection->idle_since_us = now_us;
}

static void cut(struct http_connection *connection, enum metric_counter counter)
{
    if (connection->cut)
        return;
    connection->cut = true;
    metrics_count(counter);
    shutdown(connection->fd, SHUT_RDWR);
}

/* linux/tcp.h names the field; the C library's older structure ends before it. */
static uint64_t bytes_received(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* Between requests: a trickle of header bytes looks idle to libmicrohttpd's parser until the request line is complete.
 */
static void sweep_idle(struct http_connection *connection, const struct config *config, int64_t stopping_since_us,
                       int64_t now_us)
{
    int64_t header_timeout_us = config->header_timeout_s * SECOND_US;
    int64_t idle_us = now_us - connection->idle_since_us;
    if (connection->fresh) {
        if (idle_us > header_timeout_us)
            cut(connection, METRIC_TIMEOUT_HEADER);
    } else if (!connection->idle_seen) {
        connection->idle_seen = true;
        connection->idle_bytes = bytes_received(connection->fd);
    } else if (connection->header_since_us != 0) {
        if (now_us - connection->header_since_us > header_timeout_us)
            cut(connection, METRIC_TIMEOUT_HEADER);
    } else if (bytes_received(connection->fd) != connection->idle_bytes) {
        connection->header_since_us = now_us;
    }
    if (idle_us > config->idle_timeout_s * SECOND_US)
        cut(connection, METRIC_TIMEOUT_IDLE);
    if (stopping_since_us != 0 && connection->header_since_us == 0 && idle_us > STOP_IDLE_US &&
        now_us - stopping_since_us > STOP_IDLE_US)
        cut(connection, METRIC_TIMEOUT_IDLE);
}

/* What is long may take longer to read. */
static int64_t reading_us(const struct exchange *exchange)
{
    return (int64_t)reply_span(&exchange->reply).length * SECOND_US / LIMIT_CONTENT_BYTES_PER_S;
}

/* Small replies are in the kernel's hands at once; this is about what the reader leaves no room for. */
static void sweep_reader(struct http_connection *connection, const struct config *config, int64_t now_us)
{
    const struct exchange *exchange = connection->exchange;
    if (connection->reply_since_us == 0)
        connection->reply_since_us = now_us;
    int64_t due_us = exchange->deadline_from_us + config->request_timeout_s * SECOND_US + READER_GRACE_US;
    if (due_us > connection->reply_since_us + READER_US)
        due_us = connection->reply_since_us + READER_US;
    if (now_us <= due_us + reading_us(exchange) || connection->cut)
        return;
    const struct linger none = {.l_onoff = 1}; /* the kernel is not to go on offering what nobody takes */
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    cut(connection, METRIC_TIMEOUT_REQUEST);
}

static void sweep_busy(struct http_connection *connection, const struct config *config, int64_t now_us)
{
    struct exchange *exchange = connection->exchange;
    switch (exchange->stage) {
    case EXCHANGE_HEADER:
        if (now_us - exchange->started_us > config->header_timeout_s * SECOND_US)
            cut(connection, METRIC_TIMEOUT_HEADER);
        return;
    case EXCHANGE_BODY:
        if (exchange->stream != NULL ? body_stream_is_stalled(exchange, now_us)
                                     : now_us - exchange->header_us > config->body_timeout_s * SECOND_US) {
            library_refuse(connection->fd, exchange, PROBLEM_REQUEST_TIMEOUT);
            cut(connection, METRIC_TIMEOUT_BODY);
        }
        return;
    case EXCHANGE_TOKEN:
    case EXCHANGE_ROWS:
    case EXCHANGE_WORK:
        if (now_us - exchange->deadline_from_us > config->request_timeout_s * SECOND_US) {
            metrics_count(METRIC_TIMEOUT_REQUEST);
            exchange_abort(exchange, PROBLEM_DEADLINE_EXCEEDED);
        }
        return;
    case EXCHANGE_ANSWERED:
        sweep_reader(connection, config, now_us);
        return;
    }
}

void connections_sweep(struct http_connections *connections, const struct config *config, int64_t now_us)
{
    for (struct http_connection *connection = connections->first; connection != NULL; connection = connection->next) {
        if (connection->exchange != NULL)
            sweep_busy(connection, config, now_us);
        else
            sweep_idle(connection, config, connections->stopping_since_us, now_us);
    }
}
