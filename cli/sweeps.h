/* Does what is due again and again: expires holds, deletes old idempotency keys, cuts snapshots of system accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/jobs/worker.h"

struct sweeps;

struct sweeps *sweeps_open(const struct config *config); /* NULL: out of memory */
int64_t sweeps_turn(void *state, struct worker *worker); /* of a worker_task */
void sweeps_close(struct sweeps *sweeps);
