/* What reactors say about themselves, and whether the process is live and ready. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/statement.h"
#include "server/text.h"
#include <stdbool.h>
#include <stdint.h>

#define HEALTH_TURN_AGE_MAX_US 5000000 /* a reactor that has not turned for longer is stuck: not live */
#define HEALTH_WORKERS_MAXIMUM 8
#define HEALTH_WORKER_SEEN_MAX_US 60000000   /* a background thread that did nothing for longer is stuck: not live */
#define HEALTH_WORKER_ANSWER_MAX_US 30000000 /* one without an answer of PostgreSQL for so long: not ready */
#define HEALTH_PING_AGE_MAX_US                                                                                         \
    3000000 /* a lane whose last answer from PostgreSQL is older makes the process not ready */

enum health_state {
    HEALTH_STARTING, /* some reactor × lane has never had an answer from PostgreSQL */
    HEALTH_READY,
    HEALTH_DEGRADED, /* some reactor is stuck, or some lane has had no answer lately */
    HEALTH_STOPPING, /* a graceful stop has begun */
};

struct health; /* atomics only: reactors write, the ops thread reads */

struct health *health_open(unsigned reactors);
void health_close(struct health *health);

/* All instants are clock_monotonic_us(). A reactor must turn and ping at least once a second even when idle. */
void health_turn(struct health *health, unsigned reactor, int64_t now_us);
void health_ping(struct health *health, unsigned reactor, enum lane lane,
                 int64_t now_us); /* any answer from PostgreSQL counts */
/*
 * Background threads count only where the process is nothing but them (`yibaod work`). Each speaks after every answer
 * of PostgreSQL (is_answered), when it has lost its session (not), and asks something every few seconds when idle.
 */
void health_expect_workers(struct health *health, unsigned workers); /* before they run */
void health_worker(struct health *health, unsigned worker, bool is_answered, int64_t now_us);
void health_stop(struct health *health);

bool health_is_live(const struct health *health,
                    int64_t now_us); /* reactors that have not begun to turn do not count against it */
enum health_state health_state(const struct health *health, int64_t now_us);
const char *health_state_text(enum health_state state);

/* {"status": "ready", "checks": {"reactors": {…}, "postgresql_read": {"status": "pass", "oldest_answer_ms": 120}, …}}
 */
void health_write_ready(const struct health *health, int64_t now_us, struct text *out);
void health_write_live(const struct health *health, int64_t now_us, struct text *out);
