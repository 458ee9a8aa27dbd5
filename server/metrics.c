/* Counts what happens: each thread into a slab of its own, without locks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"
#include "server/clock.h"
#include "server/metrics_slab.h"
#include <stdlib.h>

struct slab {
    struct slab *next;
    struct metric_cells cells;
};

const int64_t metric_duration_bounds_us[METRIC_DURATION_BOUNDS] = {
    500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000};
const unsigned metric_members_bounds[METRIC_MEMBERS_BOUNDS] = {1, 2, 4, 8, 16, 32, 64, 128};
const uint16_t metric_statuses[METRIC_STATUSES] = {200, 201, 202, 204, 206, 303, 304, 307, 308, 400,
                                                   401, 403, 404, 405, 406, 408, 409, 410, 412, 413,
                                                   414, 415, 422, 428, 429, 431, 500, 501, 503, 0};

/* Threads that got no memory for a slab share this one; adding is atomic, so the counts stay right. */
static struct slab spare;
static _Atomic(struct slab *) slabs = &spare;
static _Thread_local struct slab *own;
static _Atomic(const char *) version_text = "unknown";
static _Atomic int64_t started_at_us;

static struct metric_cells *cells(void)
{
    if (own != NULL)
        return &own->cells;
    struct slab *made = calloc(1, sizeof *made);
    if (made == NULL) {
        own = &spare;
        return &own->cells;
    }
    made->next = atomic_load(&slabs);
    while (!atomic_compare_exchange_weak(&slabs, &made->next, made))
        continue;
    own = made;
    return &own->cells;
}

static void add(metric_cell *cell, uint64_t count)
{
    atomic_fetch_add_explicit(cell, count, memory_order_relaxed);
}

static void add_duration(struct metric_durations *durations, int64_t duration_us)
{
    unsigned bucket = 0;
    while (bucket < METRIC_DURATION_BOUNDS && duration_us > metric_duration_bounds_us[bucket])
        bucket++;
    add(&durations->buckets[bucket], 1);
    add(&durations->sum_us, (uint64_t)(duration_us > 0 ? duration_us : 0));
}

void metrics_request(enum operation operation, unsigned status, int64_t duration_us)
{
    unsigned index = 0;
    while (index < METRIC_STATUSES - 1 && metric_statuses[index] != status)
        index++;
    add_duration(&cells()->requests[operation][index], duration_us);
}

void metrics_http_connections(int delta)
{
    add(&cells()->connections_open, (uint64_t)delta);
}

void metrics_guard_refused(enum guard_verdict verdict)
{
    add(&cells()->refusals[verdict], 1);
}

void metrics_problem(enum problem problem)
{
    add(&cells()->problems[problem], 1);
}

void metrics_batch(enum lane lane, unsigned members, int64_t duration_us)
{
    struct metric_lane_cells *own_lane = &cells()->lanes[lane];
    unsigned bucket = 0;
    while (bucket < METRIC_MEMBERS_BOUNDS && members > metric_members_bounds[bucket])
        bucket++;
    add(&own_lane->members_buckets[bucket], 1);
    add(&own_lane->members_sum, members);
    add_duration(&own_lane->durations, duration_us);
}

void metrics_lane(enum lane lane, enum metric_lane_counter counter)
{
    add(&cells()->lanes[lane].counters[counter], 1);
}

void metrics_lane_waiting(enum lane lane, int delta)
{
    add(&cells()->lanes[lane].waiting, (uint64_t)delta);
}

void metrics_lane_in_flight(enum lane lane, int delta)
{
    add(&cells()->lanes[lane].in_flight, (uint64_t)delta);
}

void metrics_pg_state(enum lane lane, enum metric_pg_state state, int delta)
{
    add(&cells()->lanes[lane].connections[state], (uint64_t)delta);
}

void metrics_work_waiting(int delta)
{
    add(&cells()->work_waiting, (uint64_t)delta);
}

void metrics_outbox_waiting(int64_t delta)
{
    add(&cells()->outbox_waiting, (uint64_t)delta);
}

void metrics_oldest_hold(int64_t delta_us)
{
    add(&cells()->oldest_hold_us, (uint64_t)delta_us);
}

void metrics_count(enum metric_counter counter)
{
    add(&cells()->counters[counter], 1);
}

void metrics_add(enum metric_counter counter, uint64_t count)
{
    add(&cells()->counters[counter], count);
}

void metrics_start(const char *version)
{
    atomic_store(&version_text, version);
    atomic_store(&started_at_us, clock_real_us());
}

void metrics_sum(struct metric_cells *sum)
{
    metric_cell *to = (metric_cell *)sum;
    for (struct slab *slab = atomic_load(&slabs); slab != NULL; slab = slab->next) {
        metric_cell *from = (metric_cell *)&slab->cells;
        for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
            add(&to[i], atomic_load_explicit(&from[i], memory_order_relaxed));
    }
}

int64_t metrics_started_at_us(void)
{
    return atomic_load(&started_at_us);
}

const char *metrics_version(void)
{
    return atomic_load(&version_text);
}
