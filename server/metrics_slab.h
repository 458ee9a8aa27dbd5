/* The counters of one thread: written by metrics.c, added up by metrics_render.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/metrics.h"
#include <stdatomic.h>

#define METRIC_DURATION_BOUNDS 14 /* 0.5 ms … 10 s; one more bucket for all above */
#define METRIC_MEMBERS_BOUNDS 8   /* 1 … LIMIT_BATCH in powers of two */
#define METRIC_STATUSES 30        /* the known ones, and "other" last */

typedef _Atomic uint64_t metric_cell; /* gauges are differences modulo 2^64: their sum comes out right */

struct metric_durations {
    metric_cell buckets[METRIC_DURATION_BOUNDS + 1];
    metric_cell sum_us;
};

struct metric_lane_cells {
    struct metric_durations durations;
    metric_cell members_buckets[METRIC_MEMBERS_BOUNDS + 1];
    metric_cell members_sum;
    metric_cell counters[METRIC_LANE_COUNTERS];
    metric_cell waiting;
    metric_cell in_flight;
    metric_cell connections[METRIC_PG_STATES];
};

/* Cells and nothing else, so that it can be summed as an array of them. */
struct metric_cells {
    struct metric_durations requests[OPERATION_COUNT][METRIC_STATUSES];
    struct metric_lane_cells lanes[LANE_COUNT];
    metric_cell counters[METRIC_COUNTERS];
    metric_cell refusals[GUARD_COUNT];
    metric_cell problems[PROBLEM_COUNT];
    metric_cell connections_open;
    metric_cell work_waiting;
    metric_cell outbox_waiting;
    metric_cell oldest_hold_us;
};

extern const int64_t metric_duration_bounds_us[METRIC_DURATION_BOUNDS];
extern const unsigned metric_members_bounds[METRIC_MEMBERS_BOUNDS];
extern const uint16_t metric_statuses[METRIC_STATUSES]; /* 0 is "other" */

/* All threads' counts at this instant, added into `sum`, which the caller has zeroed. */
void metrics_sum(struct metric_cells *sum);
int64_t metrics_started_at_us(void); /* real time */
const char *metrics_version(void);
