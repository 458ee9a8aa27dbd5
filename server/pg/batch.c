/* Fills batches from a queue and hands results out to their members. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/batch.h"
#include "server/metrics.h"
#include "server/pg/deferral.h"
#include <assert.h>
#include <endian.h>

void batch_clear(struct batch *batch)
{
    for (unsigned i = 0; i < batch->parts_count; i++)
        PQclear(batch->parts[i].result);
    batch->members_count = 0;
    batch->parts_count = 0;
    batch->waits = false;
    batch->failed = false;
    batch->sqlstate[0] = '\0';
}

static bool may_join(const struct batch *batch, enum lane lane, const struct task *task)
{
    if (batch->members_count == 0)
        return true;
    const struct task *first = batch->members[0];
    switch (lane) {
    case LANE_READ:
        return true;
    case LANE_WRITE:
        return task->call.statement == first->call.statement &&
               statement_infos[task->call.statement].mode == STATEMENT_SET;
    case LANE_REPLICA:
        return statement_infos[task->call.statement].lane == LANE_READ &&
               statement_infos[first->call.statement].lane == LANE_READ;
    case LANE_SLOW:
    case LANE_COUNT:
        return false;
    }
    __builtin_unreachable();
}

/* Insertion by statement, arrival order kept: a batch mostly holds one statement, so this is a single pass. */
static void insert_member(struct batch *batch, struct task *task)
{
    unsigned at = batch->members_count++;
    while (at > 0 && batch->members[at - 1]->call.statement > task->call.statement) {
        batch->members[at] = batch->members[at - 1];
        at--;
    }
    batch->members[at] = task;
}

static void add_part(struct batch *batch, struct batch_part part)
{
    assert(batch->parts_count < sizeof batch->parts / sizeof batch->parts[0]);
    batch->parts[batch->parts_count++] = part;
}

static void add_command(struct batch *batch, const char *command, unsigned first)
{
    add_part(batch, (struct batch_part){.command = command, .first = first});
}

/* Alone in its batch: what is kept of it is what stands before the savepoint. */
static void add_dry_run(struct batch *batch, const struct task *task)
{
    add_command(batch, "BEGIN", 0);
    if (task->before != NULL)
        add_part(batch, (struct batch_part){.before = task->before, .statement = task->before->statement});
    add_command(batch, "SAVEPOINT dry_run", 0);
    add_part(batch, (struct batch_part){.statement = task->call.statement, .count = 1});
    add_command(batch, "ROLLBACK TO SAVEPOINT dry_run", 0);
    add_command(batch, "COMMIT", 0);
}

static void add_member(struct batch *batch, unsigned index)
{
    const struct task *task = batch->members[index];
    enum statement statement = task->call.statement;
    struct batch_part *last = batch->parts_count == 0 ? NULL : &batch->parts[batch->parts_count - 1];
    if (task->before != NULL)
        add_part(batch,
                 (struct batch_part){.before = task->before, .statement = task->before->statement, .first = index});
    if (last != NULL && last->statement == statement && statement_infos[statement].mode == STATEMENT_SET)
        last->count++;
    else
        add_part(batch, (struct batch_part){.statement = statement, .first = index, .count = 1});
}

static void group_parts(struct batch *batch)
{
    for (unsigned i = 0; i < batch->members_count; i++) {
        struct task *task = batch->members[i];
        const struct deferral_info *deferral = statement_infos[task->call.statement].deferral;
        task->batch = batch;
        task->batch_index = i;
        if (deferral != NULL)
            call_bool(&task->call, deferral->wait_param, task->waits);
        batch->waits |= task->waits;
        if (task->is_dry_run)
            add_dry_run(batch, task);
        else
            add_member(batch, i);
    }
}

static bool may_be_sent(const struct task *task, int64_t now_us)
{
    return task->ripe_at_us <= now_us && (task->late_at_us == 0 || now_us < task->late_at_us);
}

void batch_fill(struct batch *batch, enum lane lane, struct queue *queue, int64_t now_us)
{
    batch->lane = lane;
    unsigned limit = lane == LANE_SLOW ? 1 : LIMIT_BATCH;
    struct task *next;
    for (struct task *task = queue->head; task != NULL && batch->members_count < limit; task = next) {
        next = task->next;
        if (task->batch_limit <= batch->members_count || !may_join(batch, lane, task) || !may_be_sent(task, now_us))
            continue;
        if (deferral_is_foreseen(batch, task)) {
            task->queued_at_us = now_us; /* it waits for its turn, not for a connection */
            continue;
        }
        limit = task->batch_limit < limit ? task->batch_limit : limit;
        queue_remove(queue, task);
        insert_member(batch, task);
    }
    group_parts(batch);
}

bool batch_send_part(const struct batch *batch, unsigned index, PGconn *pg, struct wire_params *params)
{
    const struct batch_part *part = &batch->parts[index];
    const struct statement_info *info = &statement_infos[part->statement];
    const struct call *calls[LIMIT_BATCH];
    if (part->command != NULL)
        return PQsendQueryParams(pg, part->command, 0, NULL, NULL, NULL, NULL, 1) == 1;
    calls[0] = part->before;
    for (unsigned i = 0; i < part->count; i++)
        calls[i] = &batch->members[part->first + i]->call;
    return wire_encode(params, calls, part->before == NULL ? part->count : 1) &&
           PQsendQueryPrepared(pg, info->name, info->params_count, params->values, params->lengths, params->formats,
                               1) == 1;
}

/* A set statement names the member of each row in its first column, and orders by it. */
static int64_t row_member(const PGresult *result, int row)
{
    uint64_t wire;
    assert(PQgetlength(result, row, 0) == (int)sizeof wire);
    memcpy(&wire, PQgetvalue(result, row, 0), sizeof wire);
    return (int64_t)be64toh(wire);
}

static void finish_member(struct batch *batch, unsigned index, const struct rows *rows)
{
    struct task *task = batch->members[index];
    if (task == NULL)
        return;
    batch->members[index] = NULL;
    task->batch = NULL;
    task->done(task, TASK_DONE, rows);
}

static void deliver_set(struct batch *batch, const struct batch_part *part)
{
    int row = 0;
    int rows_count = PQntuples(part->result);
    for (unsigned i = 0; i < part->count; i++) {
        struct rows rows = {.result = part->result, .first = row, .statement = part->statement};
        for (; row < rows_count && row_member(part->result, row) == (int64_t)i + 1; row++)
            rows.count++;
        const struct task *task = batch->members[part->first + i];
        if (task == NULL || !deferral_applies(task, &rows))
            finish_member(batch, part->first + i, &rows);
    }
    assert(row ==
           rows_count); /* out of order, or a member that was never asked for: rows would reach the wrong person */
}

/* Whoever is left. */
static unsigned defer(struct batch *batch, struct queue *queue, int64_t now_us)
{
    unsigned count = 0;
    for (unsigned i = batch->members_count; i-- > 0;) {
        struct task *task = batch->members[i];
        if (task == NULL)
            continue;
        task->batch = NULL;
        task->lane = task->waits ? LANE_WRITE : task->lane;
        task->waits = false;
        task->before = NULL; /* has been committed */
        deferral_note(task, now_us);
        queue_prepend(queue, task);
        metrics_lane(task->lane, METRIC_LANE_DEFERRED);
        metrics_lane_waiting(task->lane, 1);
        count++;
    }
    return count;
}

unsigned batch_deliver(struct batch *batch, struct queue *queue, int64_t now_us)
{
    for (unsigned p = 0; p < batch->parts_count; p++) {
        struct batch_part *part = &batch->parts[p];
        if (part->count == 0)
            continue;
        if (statement_infos[part->statement].mode == STATEMENT_SET) {
            deliver_set(batch, part);
            continue;
        }
        struct rows rows = {.result = part->result, .count = PQntuples(part->result), .statement = part->statement};
        finish_member(batch, part->first, &rows);
    }
    unsigned deferred = defer(batch, queue, now_us);
    batch_clear(batch);
    return deferred;
}
