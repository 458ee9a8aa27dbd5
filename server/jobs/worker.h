/* Background threads of `yibaod serve` and `yibaod work`: each has a task, a PostgreSQL session of its own, and sleeps
 * until it is woken.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/http/health.h"
#include "server/jobs/worker_wake.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKERS_MAXIMUM 8

struct worker; /* one thread */

struct worker_task {
    const char *name;
    /*
     * Does what is due, and returns after how many µs to call it again at the latest. Only called while PostgreSQL
     * answers. It may be called at any time more often, returns soon once worker_is_stopping, and never holds a
     * transaction open while it waits for anything else.
     */
    int64_t (*turn)(void *state, struct worker *worker);
    void *state;
};

/*
 * `tasks`, `config` and `health` outlive the workers; health NULL: nobody asks how they are. False when a thread cannot
 * be had; then workers_stop all the same.
 */
bool workers_start(const struct config *config, const struct worker_task *tasks, size_t count, struct health *health);
void workers_stop(void); /* ends what is under way in order, waits for it, and closes everything */

/* For tasks, on their thread. */
bool worker_is_stopping(const struct worker *worker);
int worker_stop_fd(const struct worker *worker); /* readable from the stop on: for poll(2) */
bool worker_connect(struct worker *worker);      /* anew when the connection was lost during a long turn */
/*
 * One statement with text parameters, its result as text. NULL after logging when it failed or PostgreSQL did not
 * answer in time; then the turn had better end. Caller clears.
 */
PGresult *worker_query(struct worker *worker, const char *sql, int params_count, const char *const *params);
/* Of the last statement that failed; "" when PostgreSQL did not say, for the connection was lost. Until the next one.
 */
const char *worker_sqlstate(const struct worker *worker);
