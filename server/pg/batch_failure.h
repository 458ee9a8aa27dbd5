/* What a batch that did not succeed means for each of its members. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/batch.h"
#include "server/pg/sqlstate.h"

/*
 * Both leave the batch without members: each is either done, or back at the front of `queue`. What failed in one part
 * is no fault of the members of other parts: they go again as they were.
 */
void batch_lost(struct batch *batch, struct queue *queue); /* the connection broke while it was in flight */
/* PostgreSQL has refused it, and its transaction has been rolled back. */
void batch_failed(struct batch *batch, struct queue *queue, enum failure failure);

bool task_is_write(const struct task *task); /* whatever lane it travels on; a dry run is none */
void batch_finish_all(struct batch *batch, enum task_outcome outcome);
/* Calls `done` without rows. What may have run before on a connection that broke is TASK_UNKNOWN whatever came after.
 */
void task_finish(struct task *task, enum task_outcome outcome);
