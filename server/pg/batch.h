/* What travels under one Sync: tasks, grouped into calls. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/limits.h"
#include "server/pg/lane.h"
#include "server/pg/queue.h"
#include "server/pg/wire.h"
#include <libpq-fe.h>

/* One statement execution; covers members [first, first + count). Parts that cover none serve nobody's rows. */
struct batch_part {
    const char *command;       /* the text of a statement about the transaction, or NULL */
    const struct call *before; /* NULL: an ordinary part */
    enum statement statement;
    unsigned first;
    unsigned count;
    PGresult *result;
};

struct batch {
    enum lane lane;
    unsigned members_count;
    unsigned parts_count;
    struct task *members[LIMIT_BATCH]; /* NULL: nobody waits any more */
    struct batch_part parts[LIMIT_BATCH + 1];
    int64_t sent_at_us;
    bool waits; /* its only member waits for locks */
    bool failed;
    unsigned failed_part; /* parts_count: all have succeeded, and then the commit did not */
    char sqlstate[7];     /* of the failure, or SQLSTATE_MISFIT */
};

void batch_clear(struct batch *batch); /* frees results, forgets members */
/* Takes tasks from the front of a queue by the lane's rules; see lane.h. It may find none that can be sent now. */
void batch_fill(struct batch *batch, enum lane lane, struct queue *queue, int64_t now_us);
/* Puts one part on its way, encoded into `params`. False when it cannot be sent. */
bool batch_send_part(const struct batch *batch, unsigned part, PGconn *pg, struct wire_params *params);
/*
 * Hands each member its rows and empties the batch. Every part has succeeded. Deferred members go back to the front of
 * `queue`; returns how many.
 */
unsigned batch_deliver(struct batch *batch, struct queue *queue, int64_t now_us);
