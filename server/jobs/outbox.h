/* Empties the table outbox: takes what is due, sends it, notes the outcome, removes what is long over. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include "server/jobs/worker.h"

struct outbox; /* belongs to one worker thread */

/* `is_first`: of several in a process this one also counts and tidies. NULL with a line for a person in *error. */
struct outbox *outbox_open(const struct config *config, const struct keyring *keyring, bool is_first,
                           const char **error);
int64_t outbox_turn(void *state, struct worker *worker); /* of a worker_task */
void outbox_close(struct outbox *outbox);
