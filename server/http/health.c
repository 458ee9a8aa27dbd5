/* What reactors say about themselves, and whether the process is live and ready. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/health.h"
#include "server/json_writer.h"
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const lane_names[LANES_OF_PRIMARY] = {
    [LANE_READ] = "postgresql_read", [LANE_WRITE] = "postgresql_write", [LANE_SLOW] = "postgresql_slow"};

/* One cache line for each reactor, so that they do not disturb each other. 0: never. */
struct reactor_health {
    _Alignas(64) _Atomic int64_t turned_at_us;
    _Atomic int64_t answered_at_us[LANES_OF_PRIMARY];
};

struct worker_health {
    _Atomic int64_t seen_at_us;
    _Atomic int64_t answered_at_us; /* LOST since the session was */
};

#define LOST 1

struct health {
    _Atomic bool stopping;
    unsigned workers_count;
    struct worker_health workers[HEALTH_WORKERS_MAXIMUM];
    unsigned reactors_count;
    struct reactor_health reactors[];
};

struct health *health_open(unsigned reactors)
{
    size_t size_bytes = sizeof(struct health) + reactors * sizeof(struct reactor_health);
    struct health *health = aligned_alloc(64, (size_bytes + 63) / 64 * 64);
    if (health == NULL)
        return NULL;
    memset(health, 0, size_bytes);
    health->reactors_count = reactors;
    return health;
}

void health_close(struct health *health)
{
    free(health);
}

void health_turn(struct health *health, unsigned reactor, int64_t now_us)
{
    atomic_store_explicit(&health->reactors[reactor].turned_at_us, now_us, memory_order_relaxed);
}

void health_ping(struct health *health, unsigned reactor, enum lane lane, int64_t now_us)
{
    atomic_store_explicit(&health->reactors[reactor].answered_at_us[lane], now_us, memory_order_relaxed);
}

void health_expect_workers(struct health *health, unsigned workers)
{
    assert(workers <= HEALTH_WORKERS_MAXIMUM);
    health->workers_count = workers;
}

void health_worker(struct health *health, unsigned worker, bool is_answered, int64_t now_us)
{
    atomic_store_explicit(&health->workers[worker].seen_at_us, now_us, memory_order_relaxed);
    atomic_store_explicit(&health->workers[worker].answered_at_us, is_answered ? now_us : LOST, memory_order_relaxed);
}

void health_stop(struct health *health)
{
    atomic_store(&health->stopping, true);
}

/* The age of the oldest of the reactors' instants; -1 when one of them is not set yet. */
static int64_t oldest_answer_us(const struct health *health, enum lane lane, int64_t now_us)
{
    int64_t oldest_us = now_us;
    for (unsigned i = 0; i < health->reactors_count; i++) {
        int64_t at_us = atomic_load_explicit(&health->reactors[i].answered_at_us[lane], memory_order_relaxed);
        if (at_us == 0)
            return -1;
        oldest_us = at_us < oldest_us ? at_us : oldest_us;
    }
    return now_us - oldest_us;
}

static int64_t oldest_turn_us(const struct health *health, int64_t now_us)
{
    int64_t oldest_us = now_us;
    for (unsigned i = 0; i < health->reactors_count; i++) {
        int64_t at_us = atomic_load_explicit(&health->reactors[i].turned_at_us, memory_order_relaxed);
        if (at_us != 0 && at_us < oldest_us)
            oldest_us = at_us;
    }
    return now_us - oldest_us;
}

/* The age of what the workers did last; of one that has not begun yet 0. */
static int64_t oldest_worker_us(const struct health *health, int64_t now_us)
{
    int64_t oldest_us = now_us;
    for (unsigned i = 0; i < health->workers_count; i++) {
        int64_t at_us = atomic_load_explicit(&health->workers[i].seen_at_us, memory_order_relaxed);
        if (at_us != 0 && at_us < oldest_us)
            oldest_us = at_us;
    }
    return now_us - oldest_us;
}

/* The age of the oldest answer to a worker; -1 when one of them has had none yet. */
static int64_t oldest_worker_answer_us(const struct health *health, int64_t now_us)
{
    int64_t oldest_us = now_us;
    for (unsigned i = 0; i < health->workers_count; i++) {
        int64_t at_us = atomic_load_explicit(&health->workers[i].answered_at_us, memory_order_relaxed);
        if (at_us == 0)
            return -1;
        oldest_us = at_us < oldest_us ? at_us : oldest_us;
    }
    return now_us - oldest_us;
}

bool health_is_live(const struct health *health, int64_t now_us)
{
    return oldest_turn_us(health, now_us) <= HEALTH_TURN_AGE_MAX_US &&
           oldest_worker_us(health, now_us) <= HEALTH_WORKER_SEEN_MAX_US;
}

enum health_state health_state(const struct health *health, int64_t now_us)
{
    if (atomic_load(&health->stopping))
        return HEALTH_STOPPING;
    bool is_degraded = !health_is_live(health, now_us);
    int64_t worker_age_us = oldest_worker_answer_us(health, now_us);
    if (worker_age_us < 0)
        return HEALTH_STARTING;
    is_degraded = is_degraded || worker_age_us >= HEALTH_WORKER_ANSWER_MAX_US;
    for (int lane = 0; lane < LANES_OF_PRIMARY; lane++) {
        int64_t age_us = oldest_answer_us(health, (enum lane)lane, now_us);
        if (age_us < 0)
            return HEALTH_STARTING;
        is_degraded = is_degraded || age_us >= HEALTH_PING_AGE_MAX_US;
    }
    return is_degraded ? HEALTH_DEGRADED : HEALTH_READY;
}

const char *health_state_text(enum health_state state)
{
    static const char *const texts[] = {[HEALTH_STARTING] = "starting",
                                        [HEALTH_READY] = "ready",
                                        [HEALTH_DEGRADED] = "degraded",
                                        [HEALTH_STOPPING] = "stopping"};
    return texts[state];
}

static void write_check(struct json_writer *writer, const char *name, bool passes, const char *age_key, int64_t age_us)
{
    json_key(writer, name);
    json_object_open(writer);
    json_key(writer, "status");
    json_text(writer, passes ? SPAN("pass") : SPAN("fail"));
    json_key(writer, age_key);
    if (age_us < 0)
        json_null_value(writer);
    else
        json_int(writer, age_us / 1000);
    json_object_close(writer);
}

static void write_threads_checks(struct json_writer *writer, const struct health *health, int64_t now_us)
{
    int64_t turn_us = oldest_turn_us(health, now_us);
    int64_t worker_us = oldest_worker_us(health, now_us);
    if (health->reactors_count > 0)
        write_check(writer, "reactors", turn_us <= HEALTH_TURN_AGE_MAX_US, "oldest_turn_ms", turn_us);
    if (health->workers_count > 0)
        write_check(writer, "workers", worker_us <= HEALTH_WORKER_SEEN_MAX_US, "oldest_turn_ms", worker_us);
}

void health_write_ready(const struct health *health, int64_t now_us, struct text *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "status");
    json_text(&writer, span_of(health_state_text(health_state(health, now_us))));
    json_key(&writer, "checks");
    json_object_open(&writer);
    write_threads_checks(&writer, health, now_us);
    if (health->workers_count > 0) {
        int64_t age_us = oldest_worker_answer_us(health, now_us);
        bool passes = age_us >= 0 && age_us < HEALTH_WORKER_ANSWER_MAX_US;
        write_check(&writer, "postgresql_workers", passes, "oldest_answer_ms", age_us);
    }
    for (int lane = 0; health->reactors_count > 0 && lane < LANES_OF_PRIMARY; lane++) {
        int64_t age_us = oldest_answer_us(health, (enum lane)lane, now_us);
        bool passes = age_us >= 0 && age_us < HEALTH_PING_AGE_MAX_US;
        write_check(&writer, lane_names[lane], passes, "oldest_answer_ms", age_us);
    }
    json_object_close(&writer);
    json_object_close(&writer);
}

void health_write_live(const struct health *health, int64_t now_us, struct text *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "status");
    json_text(&writer, health_is_live(health, now_us) ? SPAN("live") : SPAN("stuck"));
    json_key(&writer, "checks");
    json_object_open(&writer);
    write_threads_checks(&writer, health, now_us);
    json_object_close(&writer);
    json_object_close(&writer);
}
