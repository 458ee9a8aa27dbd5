/* Lanes: requests of one turn travel to PostgreSQL together (docs/architecture.md 6). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/pg/statement.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * A reactor's lanes, owned by its thread. While a connection has a batch in flight, the next one collects in the queue:
 * at low load a batch is one task, at high load it is group commit. One batch is one transaction, ended by its own
 * Sync.
 *   read   any mixture of statements; tasks of the same set statement become one call of it
 *   write  one set statement only, for several calls under one Sync pile up locks and deadlock
 *   slow   one task at a time on each connection
 *   replica reads that a stand-by may answer, while lanes_have_replica. What it does not answer moves to the lane of
 * its statement by itself (server/pg/replica.h) A write is not sent, nor sent again, when it is older than the write
 * lane's time-out: its instant was taken when it was asked for, and instants older than twice that count as settled.
 */
struct lanes;

enum task_outcome {
    TASK_DONE,        /* rows are there and their transaction has ended */
    TASK_UNAVAILABLE, /* nothing was done: no connection, or PostgreSQL refuses work (full disk, shutting down,
                         read-only) */
    TASK_TIMED_OUT,   /* nothing was done: the statement ran into its time-out, or the write was too old to be sent */
    TASK_UNKNOWN,     /* a write was in flight when its connection broke: it may have been committed */
    TASK_FAILED,      /* a bug: the statement raised an error that it must never raise; logged */
};

struct batch;

/* Embedded in what waits for it. From lanes_submit until `done` (or lanes_cancel) it must stay where it is. */
struct task {
    enum lane lane;
    struct call call;
    const struct call *before; /* a single statement executed first in the same transaction, or NULL; slow lane only */
    bool is_dry_run;           /* slow lane only: the call is rolled back when its rows are there; `before` is kept */
    void (*done)(struct task *task, enum task_outcome outcome, const struct rows *rows); /* rows only with TASK_DONE */
    /* private to the lane */
    struct task *previous, *next;
    struct batch *batch;
    unsigned batch_index;
    unsigned batch_limit; /* halved each time a batch with this task in it failed, until the culprit is alone */
    unsigned attempts;
    unsigned deferrals;
    bool may_have_run; /* it was in flight when a connection broke */
    bool waits;        /* for locks, alone (server/pg/deferral.h) */
    int64_t queued_at_us;
    int64_t ripe_at_us;      /* not sent before */
    int64_t late_at_us;      /* not sent after; 0: whenever */
    uint64_t question;       /* replica lane: the first about the primary's position that was asked after it came */
    int64_t wanted_position; /* and its answer */
    int64_t wanted_since_us;
};

/* `state_changed` fires when the lanes become able, or unable, to reach PostgreSQL. NULL when out of memory. */
struct lanes *lanes_open(const struct config *config, int epoll_fd);
void lanes_close(struct lanes *lanes); /* every waiting task is done with TASK_UNAVAILABLE */

bool lanes_submit(struct lanes *lanes, struct task *task); /* false: the queue is full; nothing was taken */
/* For a read that a stand-by may answer: whether one is worth a try, having lately had what the primary had. */
bool lanes_have_replica(const struct lanes *lanes);
void lanes_cancel(struct lanes *lanes, struct task *task); /* nobody waits any more; what is in flight still runs */
/* Whether giving up on a submitted task now would leave it open if its write happens. */
bool task_may_have_run(const struct task *task);
void lanes_flush(struct lanes *lanes, int64_t now_us); /* sends what has collected; once per turn */
/* When lanes_flush has something to do although nothing happened; INT64_MAX: never. */
int64_t lanes_due_us(const struct lanes *lanes);
void lanes_tick(struct lanes *lanes, int64_t now_us); /* reconnects, pings, time-outs; a few times a second */
unsigned lanes_busy(const struct lanes *lanes);       /* tasks queued or in flight */
int64_t lanes_last_contact_us(const struct lanes *lanes, enum lane lane); /* monotonic; 0: never */
