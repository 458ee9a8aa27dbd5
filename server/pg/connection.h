/* One pipelined, non-blocking connection to PostgreSQL, with at most one batch in flight. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/event.h"
#include "server/pg/batch.h"
#include "server/pg/wire.h"
#include <libpq-fe.h>

enum connection_state {
    CONNECTION_CLOSED,     /* waiting for retry_at_us */
    CONNECTION_CONNECTING, /* libpq negotiates; deadline_us bounds it */
    CONNECTION_PREPARING,  /* every statement is being prepared in one pipeline; deadline_us bounds each Sync of it */
    CONNECTION_READY,      /* idle: takes a batch */
    CONNECTION_BUSY,       /* batch in flight; deadline_us bounds it */
};

struct pg_connection {
    struct event_source source; /* first: epoll points here */
    enum connection_state state;
    PGconn *pg;
    int epoll_fd;
    int watched_fd; /* registered with epoll, or -1 */
    uint32_t watched_events;
    const struct pg_settings *settings;
    unsigned hosts_turn; /* which of several hosts is tried first */
    unsigned sessions;   /* begun so far: another one may be at another server */
    int64_t retry_at_us;
    int64_t retry_delay_us;
    int64_t deadline_us;
    int64_t last_contact_us; /* when PostgreSQL last answered a Sync */
    unsigned part_next;      /* the part of the batch whose result comes next */
    unsigned syncs_awaited;  /* while preparing: those that PostgreSQL has not answered */
    struct batch batch;
    struct wire_params params;
    /* The batch has ended: with its Sync (lost false), or because the connection broke (lost true). */
    void (*ended)(struct pg_connection *connection, bool lost);
    void *owner;
};

/* What all connections of a lane share. */
struct pg_settings {
    const char *server; /* primary, replica: for the log */
    const char *conninfo;
    const char *target;  /* libpq `target_session_attrs`, unless conninfo says otherwise; NULL: its default */
    const char *options; /* libpq `options`: role and time-outs */
    int64_t connect_timeout_us;
    int64_t retry_last_us;    /* the longest pause between two tries to connect */
    int64_t batch_timeout_us; /* longer than statement_timeout: past it the connection itself is in doubt */
};

void pg_connection_init(struct pg_connection *connection, const struct pg_settings *settings, int epoll_fd);
void pg_connection_fini(struct pg_connection *connection); /* without calling `ended` */
void pg_connection_reopen(
    struct pg_connection *connection); /* idle: connects anew, so that every statement is prepared again */
/* Whether a batch left its transaction open: one that begins with BEGIN does when it fails. */
bool pg_connection_is_soiled(const struct pg_connection *connection);
/* Starts connecting when its time has come; drops what is past its deadline. */
void pg_connection_tick(struct pg_connection *connection, int64_t now_us);
/* Sends connection->batch (its parts are filled in; none: a bare Sync, which is a ping). The outcome comes through
 * `ended`. */
void pg_connection_send(struct pg_connection *connection, int64_t now_us);
