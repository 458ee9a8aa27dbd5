/* Fills batches from a queue and hands results out to their members. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/batch.h"
#include <assert.h>
#include <endian.h>

void batch_clear(struct batch *batch)
{
    for (unsigned i = 0; i < batch->parts_count; i++)
        PQclear(batch->parts[i].result);
    batch->members_count = 0;
    batch->parts_count = 0;
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

static void add_part(struct batch *batch, const struct call *before, enum statement statement, unsigned first)
{
    assert(batch->parts_count < sizeof batch->parts / sizeof batch->parts[0]);
    batch->parts[batch->parts_count++] =
        (struct batch_part){.before = before, .statement = statement, .first = first, .count = before == NULL};
}

static void group_parts(struct batch *batch)
{
    for (unsigned i = 0; i < batch->members_count; i++) {
        struct task *task = batch->members[i];
        enum statement statement = task->call.statement;
        struct batch_part *last = batch->parts_count == 0 ? NULL : &batch->parts[batch->parts_count - 1];
        task->batch = batch;
        task->batch_index = i;
        if (task->before != NULL)
            add_part(batch, task->before, task->before->statement, i);
        if (last != NULL && last->statement == statement && statement_infos[statement].mode == STATEMENT_SET)
            last->count++;
        else
            add_part(batch, NULL, statement, i);
    }
}

void batch_fill(struct batch *batch, enum lane lane, struct queue *queue)
{
    batch->lane = lane;
    unsigned limit = lane == LANE_SLOW ? 1 : LIMIT_BATCH;
    struct task *next;
    for (struct task *task = queue->head; task != NULL && batch->members_count < limit; task = next) {
        next = task->next;
        if (task->batch_limit <= batch->members_count || !may_join(batch, lane, task))
            continue;
        limit = task->batch_limit < limit ? task->batch_limit : limit;
        queue_remove(queue, task);
        insert_member(batch, task);
    }
    group_parts(batch);
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
        finish_member(batch, part->first + i, &rows);
    }
    assert(row ==
           rows_count); /* out of order, or a member that was never asked for: rows would reach the wrong person */
}

void batch_deliver(struct batch *batch)
{
    for (unsigned p = 0; p < batch->parts_count; p++) {
        struct batch_part *part = &batch->parts[p];
        if (part->before != NULL)
            continue;
        if (statement_infos[part->statement].mode == STATEMENT_SET) {
            deliver_set(batch, part);
            continue;
        }
        struct rows rows = {.result = part->result, .count = PQntuples(part->result), .statement = part->statement};
        finish_member(batch, part->first, &rows);
    }
    batch_clear(batch);
}
