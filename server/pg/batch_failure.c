/* Sends members again, alone or in smaller company, or tells them why not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/batch_failure.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"

#define ATTEMPTS_MAXIMUM 16 /* log2(LIMIT_BATCH) bisections, and as many conflicts or broken connections */

void task_finish(struct task *task, enum task_outcome outcome)
{
    task->batch = NULL;
    metrics_lane(task->lane, METRIC_LANE_FAILED);
    task->done(task, task_may_have_run(task) ? TASK_UNKNOWN : outcome, NULL);
}

bool task_may_have_run(const struct task *task)
{
    return task_is_write(task) && (task->batch != NULL || task->may_have_run);
}

bool task_is_write(const struct task *task)
{
    return (task->lane == LANE_WRITE || statement_infos[task->call.statement].writes) && !task->is_dry_run;
}

/* The members of the part that failed; all of them when it was the commit, or what goes before the only member. */
struct suspects {
    unsigned first, end;
};

static struct suspects suspects_of(const struct batch *batch)
{
    const struct batch_part *part = &batch->parts[batch->failed_part];
    if (batch->failed_part >= batch->parts_count || part->count == 0)
        return (struct suspects){.first = 0, .end = batch->members_count};
    return (struct suspects){.first = part->first, .end = part->first + part->count};
}

static struct task *take_member(struct batch *batch, unsigned index)
{
    struct task *task = batch->members[index];
    batch->members[index] = NULL;
    return task;
}

static void back_to_front(struct task *task, struct queue *queue)
{
    task->batch = NULL;
    queue_prepend(queue, task);
    metrics_lane_waiting(task->lane, 1);
}

/* A task that has been through this too often is refused. */
static void send_again(struct task *task, struct queue *queue, enum task_outcome otherwise)
{
    if (++task->attempts > ATTEMPTS_MAXIMUM)
        task_finish(task, otherwise);
    else
        back_to_front(task, queue);
}

static void finish_suspects(struct batch *batch, struct suspects suspects, enum task_outcome outcome)
{
    for (unsigned i = suspects.first; i < suspects.end; i++) {
        struct task *task = take_member(batch, i);
        if (task != NULL)
            task_finish(task, outcome);
    }
}

void batch_finish_all(struct batch *batch, enum task_outcome outcome)
{
    finish_suspects(batch, (struct suspects){.first = 0, .end = batch->members_count}, outcome);
}

static void send_suspects_again(struct batch *batch, struct queue *queue, struct suspects suspects,
                                unsigned batch_limit, enum task_outcome otherwise)
{
    for (unsigned i = suspects.end; i-- > suspects.first;) {
        struct task *task = take_member(batch, i);
        if (task == NULL)
            continue;
        if (batch_limit < task->batch_limit)
            task->batch_limit = batch_limit;
        task->queued_at_us = clock_monotonic_us(); /* PostgreSQL has answered: it is worth waiting for */
        send_again(task, queue, otherwise);
    }
}

/* In front of the suspects: those may take long, one by one. */
static void send_others_again(struct batch *batch, struct queue *queue)
{
    for (unsigned i = batch->members_count; i-- > 0;) {
        struct task *task = take_member(batch, i);
        if (task == NULL)
            continue;
        task->queued_at_us = clock_monotonic_us();
        back_to_front(task, queue);
    }
}

void batch_lost(struct batch *batch, struct queue *queue)
{
    metrics_lane(batch->lane, METRIC_LANE_RETRIED);
    for (unsigned i = batch->members_count; i-- > 0;) {
        struct task *task = take_member(batch, i);
        if (task == NULL)
            continue;
        task->may_have_run = !task->is_dry_run;
        if (statement_infos[task->call.statement].repeatable || task->is_dry_run)
            send_again(task, queue, TASK_UNAVAILABLE);
        else
            task_finish(task, TASK_UNKNOWN);
    }
}

/* PostgreSQL did it, and what it says about it cannot be read. */
static void finish_unread(struct batch *batch, struct suspects suspects)
{
    for (unsigned i = suspects.first; i < suspects.end; i++) {
        struct task *task = take_member(batch, i);
        if (task != NULL)
            task_finish(task, task_is_write(task) ? TASK_UNKNOWN : TASK_FAILED);
    }
}

static void report_bug(const struct batch *batch)
{
    bool at_commit = batch->failed_part >= batch->parts_count;
    const char *name = at_commit ? "commit" : statement_infos[batch->parts[batch->failed_part].statement].name;
    LOG(LOG_ERROR, "statement_failed", LOG_TEXT("statement", span_of(name)),
        LOG_TEXT("sqlstate", span_of(batch->sqlstate)));
}

static void find_culprit(struct batch *batch, struct queue *queue)
{
    struct suspects suspects = suspects_of(batch);
    unsigned count = suspects.end - suspects.first;
    if (count == 1) {
        report_bug(batch);
        finish_suspects(batch, suspects, TASK_FAILED);
        return;
    }
    metrics_lane(batch->lane, METRIC_LANE_BISECTED);
    send_suspects_again(batch, queue, suspects, count / 2, TASK_FAILED);
}

/* Halving would cost a whole time-out for each step, and the innocent would wait for all of them. */
static void separate_slow(struct batch *batch, struct queue *queue)
{
    struct suspects suspects = suspects_of(batch);
    if (suspects.end - suspects.first == 1)
        finish_suspects(batch, suspects, TASK_TIMED_OUT);
    else
        send_suspects_again(batch, queue, suspects, 1, TASK_TIMED_OUT);
}

void batch_failed(struct batch *batch, struct queue *queue, enum failure failure)
{
    struct suspects all = {.first = 0, .end = batch->members_count};
    switch (failure) {
    case FAILURE_RETRY:
    case FAILURE_STALE_PLAN:
        metrics_lane(batch->lane, METRIC_LANE_RETRIED);
        send_suspects_again(batch, queue, all, LIMIT_BATCH, TASK_UNAVAILABLE);
        return;
    case FAILURE_UNAVAILABLE:
    case FAILURE_READ_ONLY:
        batch_finish_all(batch, TASK_UNAVAILABLE);
        return;
    case FAILURE_LOCKED:
        finish_suspects(batch, suspects_of(batch), TASK_UNAVAILABLE);
        break;
    case FAILURE_TIMED_OUT:
        separate_slow(batch, queue);
        break;
    case FAILURE_UNREADABLE:
        report_bug(batch);
        finish_unread(batch, suspects_of(batch));
        break;
    case FAILURE_BUG:
        find_culprit(batch, queue);
        break;
    }
    send_others_again(batch, queue);
}
