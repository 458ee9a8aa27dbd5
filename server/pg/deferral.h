/* Members that PostgreSQL puts off: their account, key or number is somebody else's for the moment. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/batch.h"

/*
 * A statement with `deferral: yes` locks what it needs without waiting, so that one locked account holds up nobody
 * else, and answers a member whose lock it did not get with status `deferred`. Such a member never reaches its handler.
 * It goes again in front of those that came later: at once, then after growing pauses, in the company of fresh members.
 * After DEFERRALS_MAXIMUM it waits for its locks alone, on a connection of the slow lane, where it holds up no other
 * write; one at a time for each reactor, so that reports are not held up either. It gives up with its deadline.
 *
 * The same holds for `request_in_progress` of a member that was in flight when a connection broke: what is in progress
 * may be its own earlier execution.
 */
#define DEFERRALS_MAXIMUM 4

bool deferral_applies(const struct task *task, const struct rows *rows);
/* Counts one more and says when to go again. */
void deferral_note(struct task *task, int64_t now_us);
static inline bool deferral_should_wait(const struct task *task)
{
    return task->deferrals >= DEFERRALS_MAXIMUM && !task->is_dry_run && !task->may_have_run;
}
/* Whether a member of the batch has the same value of the statement's `distinct` parameter. */
bool deferral_is_foreseen(const struct batch *batch, const struct task *task);
/* The first that has waited too long, for a connection or to be a write worth doing, and what to tell it; or NULL. */
struct task *deferral_find_overdue(const struct queue *queue, int64_t now_us, enum task_outcome *outcome);
