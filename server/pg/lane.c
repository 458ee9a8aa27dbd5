/* Queues tasks, sends them in batches, and keeps the connections of each lane up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/lane.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/pg/batch_failure.h"
#include "server/pg/deferral.h"
#include "server/pg/lane_state.h"
#include <stdlib.h>

#define PING_AFTER_US INT64_C(1000000) /* an idle connection is asked once a second */

static void lane_connection_ended(struct pg_connection *connection, bool lost);

static bool lane_open(struct lanes *lanes, enum lane lane, int epoll_fd)
{
    struct lane_state *state = &lanes->lane[lane];
    state->lane = lane;
    state->lanes = lanes;
    state->ripe_due_us = INT64_MAX;
    lane_settings_init(&state->settings, lanes->config, lane);
    state->connections_count = state->settings.connections;
    state->connections = calloc(state->connections_count, sizeof *state->connections);
    if (state->connections == NULL && state->connections_count > 0)
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
    if (lanes->lane[LANE_REPLICA].connections_count == 0)
        return lanes;
    lanes->replica = replica_open(lanes);
    if (lanes->replica == NULL) {
        lanes_close(lanes);
        return NULL;
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
    task->deferrals = 0;
    task->may_have_run = false;
    task->waits = false;
    task->queued_at_us = clock_monotonic_us();
    task->ripe_at_us = 0;
    task->late_at_us = 0;
    if (statement_infos[task->call.statement].lane == LANE_WRITE)
        task->late_at_us = task->queued_at_us + lanes->config->write_timeout_ms * 1000;
    if (task->lane == LANE_REPLICA)
        replica_submitted(lanes->replica, task);
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

static void deliver(struct lane_state *state, struct batch *batch)
{
    struct lane_state *back = batch->waits ? &state->lanes->lane[LANE_WRITE] : state;
    if (batch_deliver(batch, &back->queue, clock_monotonic_us()) == 0)
        return;
    back->ripe_due_us = 0; /* the next flush plans anew */
    state->lanes->somebody_should_wait = true;
}

static void lane_connection_ended(struct pg_connection *connection, bool lost)
{
    struct lane_state *state = connection->owner;
    struct batch *batch = &connection->batch;
    state->in_flight -= batch->members_count;
    metrics_lane_in_flight(state->lane, -(int)batch->members_count);
    if (batch->members_count > 0)
        metrics_batch(state->lane, batch->members_count, clock_monotonic_us() - batch->sent_at_us);
    if (state->lane == LANE_REPLICA) {
        replica_ended(state->lanes->replica, connection, lost);
        return;
    }
    if (!lost && !batch->failed) {
        deliver(state, batch);
        return;
    }
    enum failure failure = sqlstate_failure(batch->sqlstate);
    if (lost)
        batch_lost(batch, &state->queue);
    else
        batch_failed(batch, &state->queue, failure);
    batch_clear(batch);
    if (!lost && (failure == FAILURE_STALE_PLAN || failure == FAILURE_READ_ONLY || pg_connection_is_soiled(connection)))
        pg_connection_reopen(connection);
}

void lane_send(struct lane_state *state, struct pg_connection *connection, int64_t now_us)
{
    state->in_flight += connection->batch.members_count;
    metrics_lane_waiting(state->lane, -(int)connection->batch.members_count);
    metrics_lane_in_flight(state->lane, (int)connection->batch.members_count);
    pg_connection_send(connection, now_us);
}

static void send_batches(struct lane_state *state, int64_t now_us)
{
    for (unsigned i = 0; i < state->connections_count && state->queue.head != NULL; i++) {
        struct pg_connection *connection = &state->connections[i];
        if (connection->state != CONNECTION_READY)
            continue;
        batch_fill(&connection->batch, state->lane, &state->queue, now_us);
        if (connection->batch.members_count == 0)
            return;
        lane_send(state, connection, now_us);
    }
}

static bool somebody_waits(const struct lane_state *slow)
{
    for (unsigned i = 0; i < slow->connections_count; i++)
        if (slow->connections[i].state == CONNECTION_BUSY && slow->connections[i].batch.waits)
            return true;
    for (const struct task *task = slow->queue.head; task != NULL; task = task->next)
        if (task->waits)
            return true;
    return false;
}

static void let_one_wait(struct lanes *lanes)
{
    struct lane_state *slow = &lanes->lane[LANE_SLOW];
    struct queue *writes = &lanes->lane[LANE_WRITE].queue;
    struct task *task = writes->head;
    if (somebody_waits(slow))
        return;
    while (task != NULL && !deferral_should_wait(task))
        task = task->next;
    lanes->somebody_should_wait = task != NULL;
    if (task == NULL)
        return;
    queue_remove(writes, task);
    metrics_lane_waiting(LANE_WRITE, -1);
    task->lane = LANE_SLOW;
    task->waits = true;
    task->ripe_at_us = 0;
    queue_prepend(&slow->queue, task);
    metrics_lane_waiting(LANE_SLOW, 1);
}

static void plan_next(struct lane_state *state, int64_t now_us)
{
    state->ripe_due_us = INT64_MAX;
    for (const struct task *task = state->queue.head; task != NULL; task = task->next)
        if (task->ripe_at_us > now_us && task->ripe_at_us < state->ripe_due_us)
            state->ripe_due_us = task->ripe_at_us;
}

void lanes_flush(struct lanes *lanes, int64_t now_us)
{
    if (lanes->somebody_should_wait)
        let_one_wait(lanes);
    if (lanes->replica != NULL)
        replica_prepare(lanes->replica, now_us);
    for (enum lane lane = LANE_READ; lane < LANES_OF_PRIMARY; lane++) {
        struct lane_state *state = &lanes->lane[lane];
        send_batches(state, now_us);
        if (state->ripe_due_us <= now_us)
            plan_next(state, now_us);
    }
    if (lanes->replica != NULL)
        replica_flush(lanes->replica, now_us);
}

int64_t lanes_due_us(const struct lanes *lanes)
{
    int64_t due_us = lanes->replica != NULL ? replica_due_us(lanes->replica) : INT64_MAX;
    for (enum lane lane = LANE_READ; lane < LANES_OF_PRIMARY; lane++)
        if (lanes->lane[lane].ripe_due_us < due_us)
            due_us = lanes->lane[lane].ripe_due_us;
    return due_us;
}

static void refuse_overdue(struct lane_state *state, int64_t now_us)
{
    enum task_outcome outcome;
    struct task *task;
    while ((task = deferral_find_overdue(&state->queue, now_us, &outcome)) != NULL) {
        queue_remove(&state->queue, task);
        metrics_lane_waiting(state->lane, -1);
        task_finish(task, outcome);
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
    if (lanes->replica != NULL)
        replica_tick(lanes->replica, now_us);
    for (enum lane lane = LANE_READ; lane < LANE_COUNT; lane++) {
        struct lane_state *state = &lanes->lane[lane];
        unsigned up = 0;
        for (unsigned i = 0; i < state->connections_count; i++) {
            if (lane != LANE_REPLICA)
                tick_connection(&state->connections[i], now_us);
            up += state->connections[i].state >= CONNECTION_READY;
        }
        metrics_pg_connections(lane, (int)up - (int)state->connections_up);
        state->connections_up = up;
        refuse_overdue(state, now_us);
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

static void refuse_all(struct lane_state *state)
{
    while (state->queue.head != NULL) {
        struct task *task = state->queue.head;
        queue_remove(&state->queue, task);
        metrics_lane_waiting(state->lane, -1);
        task_finish(task, TASK_UNAVAILABLE);
    }
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
        refuse_all(state);
        free(state->connections);
    }
    if (lanes->replica != NULL)
        replica_close(lanes->replica);
    free(lanes);
}
