/* Runs the imports that came over HTTP, one after the other, each as a process of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/jobs/worker.h"
#include "server/spool.h"

struct import_jobs;

struct import_jobs *import_jobs_open(const struct config *config, const struct spool *spool); /* NULL: out of memory */
int64_t import_jobs_turn(void *state, struct worker *worker);                                 /* of a worker_task */
void import_jobs_close(struct import_jobs *jobs);
