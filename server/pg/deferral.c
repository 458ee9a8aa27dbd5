/* Decides who is put off, for how long, and who need not be sent to know it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/deferral.h"
#include <string.h>

#define QUEUE_PATIENCE_US INT64_C(2000000) /* a task waits no longer for a connection to come back */
#define RESOLVE_PAUSE_US 50000 /* an execution whose connection broke ends by itself, at the latest at its time-out */

static const int64_t pauses_us[] = {0, 2000, 5000, 10000, 25000, 50000};

static bool span_is(struct span span, const char *text)
{
    return span.length == strlen(text) && memcmp(span.bytes, text, span.length) == 0;
}

bool deferral_applies(const struct task *task, const struct rows *rows)
{
    const struct deferral_info *info = statement_infos[rows->statement].deferral;
    if (info == NULL || rows->count == 0)
        return false;
    struct span status = row_text(rows, 0, info->status_column);
    return span_is(status, "deferred") || (task->may_have_run && span_is(status, "request_in_progress"));
}

void deferral_note(struct task *task, int64_t now_us)
{
    unsigned last = sizeof pauses_us / sizeof pauses_us[0] - 1;
    int64_t pause_us = pauses_us[task->deferrals < last ? task->deferrals : last];
    task->deferrals++;
    task->ripe_at_us = now_us + (task->may_have_run ? RESOLVE_PAUSE_US : pause_us);
    task->queued_at_us = now_us; /* PostgreSQL has answered: it is worth waiting for */
}

bool deferral_is_foreseen(const struct batch *batch, const struct task *task)
{
    const struct deferral_info *info = statement_infos[task->call.statement].deferral;
    if (info == NULL || info->distinct_param < 0)
        return false;
    const struct value *mine = &task->call.values[info->distinct_param];
    for (unsigned i = 0; i < batch->members_count && !mine->is_null; i++) {
        const struct value *other = &batch->members[i]->call.values[info->distinct_param];
        if (!other->is_null && uuid_equal(mine->uuid, other->uuid))
            return true;
    }
    return false;
}

struct task *deferral_find_overdue(const struct queue *queue, int64_t now_us, enum task_outcome *outcome)
{
    for (struct task *task = queue->head; task != NULL; task = task->next) {
        bool is_late = task->late_at_us != 0 && now_us >= task->late_at_us;
        *outcome = is_late ? TASK_TIMED_OUT : TASK_UNAVAILABLE;
        if (is_late || now_us - task->queued_at_us > QUEUE_PATIENCE_US)
            return task;
    }
    return NULL;
}
