/* Counts what happens, and renders it for Prometheus. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/guard.h"
#include "server/http/operation.h"
#include "server/pg/statement.h"
#include "server/text.h"
#include <stdint.h>

/*
 * Every thread adds to a slab of its own with relaxed atomics; a scrape adds the slabs up. Nothing here locks, fails or
 * waits, and any thread may call anything. A slab outlives its thread, so counts never go back.
 */
enum metric_counter {
#define METRIC_COUNTER(name, family, labels, help) METRIC_##name,
#include "server/metrics.def"
#undef METRIC_COUNTER
    METRIC_COUNTERS
};

enum metric_lane_counter {
    METRIC_LANE_REJECTED, /* queue full: answered 503 */
    METRIC_LANE_RETRIED,  /* batch run again: 40001, 40P01, or an outcome that was unknown */
    METRIC_LANE_BISECTED, /* batch split to find the member that raised */
    METRIC_LANE_DEFERRED, /* member moved to the next batch */
    METRIC_LANE_FAILED,   /* member answered with an error of ours */
    METRIC_LANE_COUNTERS
};

enum metric_pg_state { METRIC_PG_DOWN, METRIC_PG_CONNECTING, METRIC_PG_READY, METRIC_PG_STATES };

/* `operation` is OPERATION_NONE when no route matched; statuses outside a known list count as "other". */
void metrics_request(enum operation operation, unsigned status, int64_t duration_us);
void metrics_http_connections(int delta); /* open now */
void metrics_guard_refused(enum guard_verdict verdict);
void metrics_problem(enum problem problem); /* answered; also when memory did not suffice to say which */

void metrics_batch(enum lane lane, unsigned members, int64_t duration_us); /* one that PostgreSQL has answered */
void metrics_lane(enum lane lane, enum metric_lane_counter counter);
void metrics_lane_waiting(enum lane lane, int delta);   /* members queued now, not those in flight */
void metrics_lane_in_flight(enum lane lane, int delta); /* members sent and not answered */
void metrics_pg_state(enum lane lane, enum metric_pg_state state, int delta); /* connections in that state now */
static inline void metrics_pg_connections(enum lane lane, int delta)
{
    metrics_pg_state(lane, METRIC_PG_READY, delta);
}

void metrics_work_waiting(int delta);       /* slow cryptography queued now, not what runs */
void metrics_outbox_waiting(int64_t delta); /* messages waiting in the database, as this process last counted them */
void metrics_oldest_hold(int64_t delta_us); /* for how long the oldest hold is due, as this process last looked */

void metrics_count(enum metric_counter counter);
void metrics_add(enum metric_counter counter, uint64_t count);

/* `version` is a literal, shown in yibaod_build_info. Once, at start. */
void metrics_start(const char *version);
/* Prometheus text format 0.0.4, with the process's memory, descriptors and processor time of this instant. */
void metrics_render(struct text *out);
