/* Runs the jobs that are done slice by slice inside the database, one after the other. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/jobs/worker.h"

struct sliced_jobs;

/* What a slice is, and which functions a kind of job needs: db/functions/881_job_step.sql. */
struct sliced_jobs *sliced_jobs_open(const struct config *config); /* NULL: out of memory */
int64_t sliced_jobs_turn(void *state, struct worker *worker);      /* of a worker_task */
void sliced_jobs_close(struct sliced_jobs *jobs);
