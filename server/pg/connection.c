/* Connects, prepares every statement, sends batches and collects their results, never blocking. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/connection.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/pg/conninfo.h"
#include "server/pg/prepare.h"
#include "server/pg/sqlstate.h"
#include <assert.h>
#include <stdio.h>
#include <sys/epoll.h>

#define RETRY_FIRST_US INT64_C(100000)

static void connection_ready(struct event_source *source, uint32_t events);

void pg_connection_init(struct pg_connection *connection, const struct pg_settings *settings, int epoll_fd)
{
    *connection = (struct pg_connection){
        .source.ready = connection_ready,
        .epoll_fd = epoll_fd,
        .watched_fd = -1,
        .settings = settings,
        .retry_delay_us = RETRY_FIRST_US,
    };
    text_init(&connection->params.buffer, LIMIT_PARAMS_BYTES);
}

/* A socket that libpq closed itself left the epoll with that, and its number may be somebody else's by now. */
static void unwatch(struct pg_connection *connection)
{
    if (connection->watched_fd >= 0 && connection->watched_fd == PQsocket(connection->pg))
        epoll_ctl(connection->epoll_fd, EPOLL_CTL_DEL, connection->watched_fd, NULL);
    connection->watched_fd = -1;
}

static void watch(struct pg_connection *connection, uint32_t events)
{
    int fd = PQsocket(connection->pg);
    if (fd == connection->watched_fd && events == connection->watched_events)
        return;
    struct epoll_event event = {.events = events, .data.ptr = &connection->source};
    if (fd != connection->watched_fd || epoll_ctl(connection->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0) {
        unwatch(connection);
        if (epoll_ctl(connection->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
            return; /* the deadline will close it */
    }
    connection->watched_fd = fd;
    connection->watched_events = events;
}

static void close_pg(struct pg_connection *connection)
{
    unwatch(connection);
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->state = CONNECTION_CLOSED;
}

void pg_connection_fini(struct pg_connection *connection)
{
    close_pg(connection);
    batch_clear(&connection->batch);
    text_fini(&connection->params.buffer);
}

void pg_connection_reopen(struct pg_connection *connection)
{
    close_pg(connection);
    connection->retry_at_us = 0;
}

bool pg_connection_is_soiled(const struct pg_connection *connection)
{
    return connection->pg != NULL && PQtransactionStatus(connection->pg) != PQTRANS_IDLE;
}

/* Closes, plans the next try, and reports a batch that was in flight. */
static void lose(struct pg_connection *connection, const char *why)
{
    bool had_batch = connection->state == CONNECTION_BUSY;
    LOG(LOG_WARNING, "postgres_connection_lost", LOG_TEXT("server", span_of(connection->settings->server)),
        LOG_TEXT("why", span_of(why)));
    close_pg(connection);
    connection->retry_at_us = clock_monotonic_us() + connection->retry_delay_us;
    connection->retry_delay_us *= 2;
    if (connection->retry_delay_us > connection->settings->retry_last_us)
        connection->retry_delay_us = connection->settings->retry_last_us;
    if (had_batch)
        connection->ended(connection, true);
}

static void flush(struct pg_connection *connection)
{
    int pending = PQflush(connection->pg);
    if (pending < 0)
        lose(connection, "flush");
    else
        watch(connection, pending > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Without it libpq writes PostgreSQL's own words, which may quote data, to stderr. */
static void drop_notice(void *cls, const PGresult *result)
{
    (void)cls;
    (void)result;
}

static void prepare_all(struct pg_connection *connection)
{
    batch_clear(&connection->batch); /* of a failure in an earlier, unfinished preparation */
    connection->part_next = 0;
    connection->syncs_awaited = prepare_send(connection->pg);
    connection->state = CONNECTION_PREPARING;
    if (connection->syncs_awaited > 0)
        flush(connection);
    else
        lose(connection, "prepare");
}

static void connect_continue(struct pg_connection *connection)
{
    /* For its next host or address libpq opens another socket, mostly under the same number: register it anew. */
    connection->watched_events = 0;
    switch (PQconnectPoll(connection->pg)) {
    case PGRES_POLLING_READING:
        watch(connection, EPOLLIN);
        return;
    case PGRES_POLLING_WRITING:
        watch(connection, EPOLLOUT);
        return;
    case PGRES_POLLING_OK:
        prepare_all(connection);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        lose(connection, "connect");
        return;
    }
}

static void connect_start(struct pg_connection *connection, int64_t now_us)
{
    const struct pg_settings *settings = connection->settings;
    connection->sessions++;
    connection->pg =
        conninfo_connect_start(settings->conninfo, settings->options, settings->target, connection->hosts_turn);
    connection->state = CONNECTION_CONNECTING;
    connection->deadline_us = now_us + settings->connect_timeout_us;
    if (connection->pg != NULL)
        PQsetNoticeReceiver(connection->pg, drop_notice, NULL);
    if (connection->pg == NULL || PQstatus(connection->pg) == CONNECTION_BAD)
        lose(connection, "connect");
    else
        connect_continue(connection);
}

void pg_connection_tick(struct pg_connection *connection, int64_t now_us)
{
    switch (connection->state) {
    case CONNECTION_CLOSED:
        if (now_us >= connection->retry_at_us)
            connect_start(connection, now_us);
        return;
    case CONNECTION_CONNECTING:
    case CONNECTION_PREPARING:
    case CONNECTION_BUSY:
        if (now_us < connection->deadline_us)
            return;
        connection->hosts_turn += connection->state != CONNECTION_BUSY;
        lose(connection, "deadline");
        return;
    case CONNECTION_READY:
        return;
    }
}

void pg_connection_send(struct pg_connection *connection, int64_t now_us)
{
    assert(connection->state == CONNECTION_READY);
    bool sent = true;
    connection->state = CONNECTION_BUSY;
    connection->part_next = 0;
    connection->batch.sent_at_us = now_us;
    connection->deadline_us = now_us + connection->settings->batch_timeout_us;
    for (unsigned p = 0; sent && p < connection->batch.parts_count; p++)
        sent = batch_send_part(&connection->batch, p, connection->pg, &connection->params);
    if (connection->params.buffer.capacity > LIMIT_PARAMS_KEPT_BYTES)
        text_fini(&connection->params.buffer);
    if (sent && PQpipelineSync(connection->pg) == 1)
        flush(connection);
    else
        lose(connection, "send");
}

/* Returns whether that was the last one. */
static bool take_sync(struct pg_connection *connection)
{
    bool was_preparing = connection->state == CONNECTION_PREPARING;
    if (was_preparing && connection->batch.failed) {
        unsigned statement = connection->batch.failed_part + 1; /* they are prepared in order, without STATEMENT_NONE */
        const char *name = statement < STATEMENT_COUNT ? statement_infos[statement].name : NULL;
        LOG(LOG_ERROR, "postgres_prepare_failed", LOG_TEXT("statement", span_of(name)),
            LOG_TEXT("sqlstate", span_of(connection->batch.sqlstate)));
        lose(connection, "prepare");
        return true;
    }
    if (was_preparing && --connection->syncs_awaited > 0) {
        connection->deadline_us = clock_monotonic_us() + connection->settings->connect_timeout_us;
        return false;
    }
    connection->state = CONNECTION_READY;
    connection->last_contact_us = clock_monotonic_us();
    connection->retry_delay_us = RETRY_FIRST_US;
    if (!was_preparing)
        connection->ended(connection, false);
    return true;
}

static void take_failure(struct pg_connection *connection, const char *sqlstate)
{
    struct batch *batch = &connection->batch;
    if (batch->failed)
        return;
    batch->failed = true;
    batch->failed_part = connection->part_next;
    snprintf(batch->sqlstate, sizeof batch->sqlstate, "%s", sqlstate);
}

/* Returns true when the batch is over: this was its last Sync, or the connection is lost. */
static bool take_result(struct pg_connection *connection, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (connection->state == CONNECTION_BUSY && connection->part_next < connection->batch.parts_count) {
            struct batch_part *part = &connection->batch.parts[connection->part_next];
            part->result = result;
            if (part->command == NULL && !wire_fits(result, part->statement))
                take_failure(connection, SQLSTATE_MISFIT);
            return false;
        }
        break;
    case PGRES_PIPELINE_SYNC:
        PQclear(result);
        return take_sync(connection);
    case PGRES_PIPELINE_ABORTED:
        break; /* what failed came before it */
    default:
        if (PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL) { /* libpq's own: what PostgreSQL did is not known */
            PQclear(result);
            lose(connection, "libpq");
            return true;
        }
        take_failure(connection, PQresultErrorField(result, PG_DIAG_SQLSTATE));
        break;
    }
    PQclear(result);
    return false;
}

static void read_results(struct pg_connection *connection)
{
    if (PQconsumeInput(connection->pg) != 1) {
        lose(connection, "read");
        return;
    }
    while (connection->state >= CONNECTION_PREPARING && connection->state != CONNECTION_READY &&
           PQisBusy(connection->pg) == 0) {
        PGresult *result = PQgetResult(connection->pg);
        if (result == NULL && PQstatus(connection->pg) == CONNECTION_BAD)
            break; /* libpq would answer NULL for ever */
        if (result == NULL)
            connection->part_next++;
        else if (take_result(connection, result))
            return;
    }
    if (connection->pg != NULL && PQstatus(connection->pg) == CONNECTION_BAD)
        lose(connection, "closed by the server");
}

static void connection_ready(struct event_source *source, uint32_t events)
{
    struct pg_connection *connection = (struct pg_connection *)source;
    if (connection->state == CONNECTION_CONNECTING) {
        connect_continue(connection);
        return;
    }
    if (connection->state == CONNECTION_CLOSED)
        return;
    if (events & EPOLLOUT)
        flush(connection);
    if (connection->state != CONNECTION_CLOSED && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        read_results(connection);
}
