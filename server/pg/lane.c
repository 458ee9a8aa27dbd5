/* Queues tasks, sends them in batches, and keeps the connections of each lane up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/lane.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/pg/batch_failure.h"
#include "server/pg/connection.h"
#include "server/pg/lane_settings.h"
#include <stdlib.h>

#define PING_AFTER_US INT64_C(1000000)     /* an idle connection is asked once a second */
#define QUEUE_PATIENCE_US INT64_C(2000000) /* a task waits no longer for a connection to come back */

struct lane_state {
    enum lane lane;
    struct queue queue;
    unsigned in_flight;
    struct pg_connection *connections;
    unsigned connections_count;
    unsigned connections_up; /* as last told to the metrics */
    struct lane_settings settings;
};

struct lanes {
    const struct config *config;
    bool closing;
    struct lane_state lane[LANE_COUNT];
};

static void lane_connection_ended(struct pg_connection *connection, bool lost);

static bool lane_open(struct lanes *lanes, enum lane lane, int epoll_fd)
{
    struct lane_state *state = &lanes->lane[lane];
    state->lane = lane;
    lane_settings_init(&state->settings, lanes->config, lane);
    state->connections_count = state->settings.connections;
    state->connections = calloc(state->connections_count, sizeof *state->connections);
    if (state->connections == NULL)
        return false;
    for (unsigned i = 0; i < state->connections_count; i++) {
        pg_connection_init(&state->connections[i], &state->settings.pg, epoll_fd);
        state->connections[i].ended = lane_connection_ended;
        state->connections[i].owner = state;
    }
    return true;
}

struct lanes *lanes_open(const struct config *config, int epoll_fd)
{
    struct lanes *lanes = calloc(1, sizeof *lanes);
    if (lanes == NULL)
        return NULL;
    lanes->config = config;
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++) {
        if (!lane_open(lanes, lane, epoll_fd)) {
            lanes_close(lanes);
            return NULL;
        }
    }
    return lanes;
}

bool lanes_submit(struct lanes *lanes, struct task *task)
{
    struct lane_state *state = &lanes->lane[task->lane];
    if (lanes->closing || state->queue.count >= LIMIT_LANE_QUEUE) {
        metrics_lane(task->lane, METRIC_LANE_REJECTED);
        return false;
    }
    task->batch = NULL;
    task->batch_limit = LIMIT_BATCH;
    task->attempts = 0;
    task->may_have_run = false;
    task->queued_at_us = clock_monotonic_us();
    queue_append(&state->queue, task);
    metrics_lane_waiting(task->lane, 1);
    return true;
}

void lanes_cancel(struct lanes *lanes, struct task *task)
{
    if (task->batch != NULL) {
        task->batch->members[task->batch_index] = NULL;
        return;
    }
    queue_remove(&lanes->lane[task->lane].queue, task);
    metrics_lane_waiting(task->lane, -1);
}

static void lane_connection_ended(struct pg_connection *connection, bool lost)
{
    struct lane_state *state = connection->owner;
    struct batch *batch = &connection->batch;
    state->in_flight -= batch->members_count;
    metrics_lane_in_flight(state->lane, -(int)batch->members_count);
    if (batch->members_count > 0)
        metrics_batch(state->lane, batch->members_count, clock_monotonic_us() - batch->sent_at_us);
    if (!lost && !batch->failed) {
        batch_deliver(batch);
        return;
    }
    enum failure failure = sqlstate_failure(batch->sqlstate);
    if (lost)
        batch_lost(batch, &state->queue);
    else
        batch_failed(batch, &state->queue, failure);
    batch_clear(batch);
    if (!lost && failure == FAILURE_STALE_PLAN)
        pg_connection_reopen(connection);
}

static void send_batches(struct lane_state *state, int64_t now_us)
{
    for (unsigned i = 0; i < state->connections_count && state->queue.head != NULL; i++) {
        struct pg_connection *connection = &state->connections[i];
        if (connection->state != CONNECTION_READY)
            continue;
        batch_fill(&connection->batch, state->lane, &state->queue);
        state->in_flight += connection->batch.members_count;
        metrics_lane_waiting(state->lane, -(int)connection->batch.members_count);
        metrics_lane_in_flight(state->lane, (int)connection->batch.members_count);
        pg_connection_send(connection, now_us);
    }
}

void lanes_flush(struct lanes *lanes, int64_t now_us)
{
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++)
        send_batches(&lanes->lane[lane], now_us);
}

static void refuse_impatient(struct lane_state *state, int64_t now_us)
{
    while (state->queue.head != NULL && now_us - state->queue.head->queued_at_us > QUEUE_PATIENCE_US) {
        struct task *task = state->queue.head;
        queue_remove(&state->queue, task);
        metrics_lane_waiting(state->lane, -1);
        task_finish(task, TASK_UNAVAILABLE);
    }
}

static void tick_connection(struct pg_connection *connection, int64_t now_us)
{
    pg_connection_tick(connection, now_us);
    if (connection->state != CONNECTION_READY || now_us - connection->last_contact_us < PING_AFTER_US)
        return;
    pg_connection_send(connection, now_us);
    connection->deadline_us = now_us + PING_AFTER_US;
}

void lanes_tick(struct lanes *lanes, int64_t now_us)
{
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++) {
        struct lane_state *state = &lanes->lane[lane];
        unsigned up = 0;
        for (unsigned i = 0; i < state->connections_count; i++) {
            tick_connection(&state->connections[i], now_us);
            up += state->connections[i].state >= CONNECTION_READY;
        }
        metrics_pg_connections(lane, (int)up - (int)state->connections_up);
        state->connections_up = up;
        refuse_impatient(state, now_us);
    }
}

unsigned lanes_busy(const struct lanes *lanes)
{
    unsigned busy = 0;
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++)
        busy += lanes->lane[lane].queue.count + lanes->lane[lane].in_flight;
    return busy;
}

int64_t lanes_last_contact_us(const struct lanes *lanes, enum lane lane)
{
    int64_t last_us = 0;
    for (unsigned i = 0; i < lanes->lane[lane].connections_count; i++) {
        int64_t contact_us = lanes->lane[lane].connections[i].last_contact_us;
        last_us = contact_us > last_us ? contact_us : last_us;
    }
    return last_us;
}

void lanes_close(struct lanes *lanes)
{
    lanes->closing = true;
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++) {
        struct lane_state *state = &lanes->lane[lane];
        for (unsigned i = 0; state->connections != NULL && i < state->connections_count; i++) {
            batch_finish_all(&state->connections[i].batch, TASK_UNAVAILABLE);
            pg_connection_fini(&state->connections[i]);
        }
        refuse_impatient(state, INT64_MAX);
        free(state->connections);
    }
    free(lanes);
}
