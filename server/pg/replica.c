/* Holds reads until a stand-by has caught up with the primary as it was when they came, or gives them to the primary.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/replica.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics_gauge.h"
#include "server/pg/replica_state.h"
#include "server/pg/sqlstate.h"
#include <stdlib.h>

#define FRESH_US INT64_C(2000000)          /* seen to have all that the primary had so long ago: worth a try */
#define LOOK_PAUSE_US INT64_C(2000)        /* between two looks at a stand-by that somebody waits for */
#define WATCH_PAUSE_US INT64_C(200000)     /* and when nobody does: every tick */
#define WATCH_PATIENCE_US INT64_C(1000000) /* a stand-by that does not say where it is by then is lost */
#define REST_FIRST_US INT64_C(1000000)     /* after a failure */
#define REST_LAST_US INT64_C(16000000)

static void to_primary(struct replica *replica, struct task *task, enum metric_counter why)
{
    task->batch = NULL;
    task->lane = statement_infos[task->call.statement].lane;
    task->queued_at_us = clock_monotonic_us();
    task->ripe_at_us = 0;
    task->batch_limit = LIMIT_BATCH;
    queue_append(&replica->lanes->lane[task->lane].queue, task);
    metrics_lane_waiting(task->lane, 1);
    metrics_count(why);
}

void replica_give_up(struct replica *replica, struct task *task, enum metric_counter why)
{
    queue_remove(&replica->state->queue, task);
    metrics_lane_waiting(LANE_REPLICA, -1);
    to_primary(replica, task, why);
}

static void rest(struct replica *replica, int64_t now_us)
{
    if (now_us < replica->rests_until_us)
        return;
    replica->rests_until_us = now_us + replica->rest_us;
    replica->rest_us = replica->rest_us * 2 < REST_LAST_US ? replica->rest_us * 2 : REST_LAST_US;
}

static bool is_usable_now(const struct replica *replica, int64_t now_us)
{
    return replica->has_beacon && replica->covered_us != 0 && now_us - replica->covered_us <= FRESH_US &&
           now_us >= replica->rests_until_us;
}

bool lanes_have_replica(const struct lanes *lanes)
{
    if (lanes->replica == NULL)
        return false;
    bool is_usable = is_usable_now(lanes->replica, clock_monotonic_us());
    if (!is_usable)
        metrics_count(METRIC_REPLICA_UNUSED);
    return is_usable;
}

void replica_submitted(struct replica *replica, struct task *task)
{
    task->question = replica->questions + 1;
    task->wanted_position = NOT_KNOWN;
}

/* Stand-bys that answer, if slowly, are given the time of one statement; those that do not, only that of a wait. */
static int64_t patience_ends_us(const struct replica *replica, const struct task *task)
{
    const struct config *config = replica->lanes->config;
    int64_t longest_us = task->queued_at_us + config->replica_timeout_ms * 1000;
    int64_t since_us = replica->progress_at_us > task->queued_at_us ? replica->progress_at_us : task->queued_at_us;
    int64_t end_us = since_us + config->replica_wait_ms * 1000;
    return end_us < longest_us ? end_us : longest_us;
}

void replica_prepare(struct replica *replica, int64_t now_us)
{
    const struct queue *queue = &replica->state->queue;
    if (queue->tail != NULL && queue->tail->wanted_position == NOT_KNOWN)
        replica_ask_primary(replica, now_us);
    while (queue->head != NULL && now_us > patience_ends_us(replica, queue->head))
        replica_give_up(replica, queue->head, METRIC_REPLICA_BUSY);
}

static bool has(const struct replica *replica, const struct view *view, int64_t position)
{
    return position != NOT_KNOWN && view->position >= position && replica->has_beacon &&
           uuid_equal(view->beacon_id, replica->beacon_id);
}

/* Those that this connection may answer are ripe, and no others. Returns whether any is. */
static bool ripen(struct replica *replica, unsigned index)
{
    bool any = false;
    struct view *view = &replica->views[index];
    if (view->session != replica->state->connections[index].sessions)
        view->position = NOT_KNOWN;
    for (struct task *task = replica->state->queue.head; task != NULL; task = task->next) {
        bool is_covered = has(replica, view, task->wanted_position);
        task->ripe_at_us = is_covered ? 0 : INT64_MAX;
        any |= is_covered;
    }
    return any;
}

static void look_at(struct replica *replica, unsigned index, int64_t now_us)
{
    struct pg_connection *connection = &replica->state->connections[index];
    struct batch *batch = &connection->batch;
    replica->views[index].looked_at_us = now_us;
    batch->lane = LANE_REPLICA;
    batch->parts[0] = (struct batch_part){.before = &replica->position, .statement = STATEMENT_REPLICA_POSITION};
    batch->parts_count = 1;
    pg_connection_send(connection, now_us);
    connection->deadline_us = now_us + WATCH_PATIENCE_US;
}

void replica_flush(struct replica *replica, int64_t now_us)
{
    struct lane_state *state = replica->state;
    for (unsigned i = 0; i < state->connections_count && state->queue.head != NULL; i++) {
        struct pg_connection *connection = &state->connections[i];
        if (connection->state != CONNECTION_READY)
            continue;
        if (ripen(replica, i)) {
            batch_fill(&connection->batch, LANE_REPLICA, &state->queue, now_us);
            lane_send(state, connection, now_us);
        } else if (state->queue.head->wanted_position != NOT_KNOWN &&
                   now_us - replica->views[i].looked_at_us >= LOOK_PAUSE_US) {
            look_at(replica, i, now_us);
        }
    }
}

int64_t replica_due_us(const struct replica *replica)
{
    const struct task *first = replica->state->queue.head;
    if (first == NULL)
        return INT64_MAX;
    int64_t due_us = patience_ends_us(replica, first) + 1;
    for (unsigned i = 0; first->wanted_position != NOT_KNOWN && i < replica->state->connections_count; i++) {
        int64_t look_us = replica->views[i].looked_at_us + LOOK_PAUSE_US;
        if (replica->state->connections[i].state == CONNECTION_READY && look_us < due_us)
            due_us = look_us;
    }
    return due_us;
}

static void log_change(struct replica *replica, int64_t now_us)
{
    bool is_usable = is_usable_now(replica, now_us);
    int64_t lag_us = now_us - (replica->covered_us != 0 ? replica->covered_us : replica->opened_at_us);
    metrics_gauge_set(METRIC_GAUGE_REPLICA_LAG, lag_us);
    if (is_usable != replica->was_usable)
        LOG(LOG_INFO, is_usable ? "replica_in_use" : "replica_not_in_use", LOG_INT("lag_ms", lag_us / 1000));
    replica->was_usable = is_usable;
}

void replica_tick(struct replica *replica, int64_t now_us)
{
    replica_ask_primary(replica, now_us);
    for (unsigned i = 0; i < replica->state->connections_count; i++) {
        struct pg_connection *connection = &replica->state->connections[i];
        pg_connection_tick(connection, now_us);
        if (connection->state == CONNECTION_READY && now_us - replica->views[i].looked_at_us >= WATCH_PAUSE_US)
            look_at(replica, i, now_us);
    }
    log_change(replica, now_us);
}

/* It was looked at so long after the primary was, and is not there yet. */
static void give_up_behind(struct replica *replica, const struct view *view)
{
    struct task *next;
    for (struct task *task = replica->state->queue.head; task != NULL; task = next) {
        next = task->next;
        if (task->wanted_position == NOT_KNOWN || has(replica, view, task->wanted_position) ||
            view->looked_at_us - task->wanted_since_us < replica->lanes->config->replica_wait_ms * 1000)
            continue;
        replica_give_up(replica, task, METRIC_REPLICA_BEHIND);
        rest(replica, clock_monotonic_us());
    }
}

/* One that has become a primary is left for another stand-by. */
static void take_look(struct replica *replica, struct pg_connection *connection)
{
    struct view *view = &replica->views[connection - replica->state->connections];
    struct rows rows = {
        .result = connection->batch.parts[0].result, .count = 1, .statement = STATEMENT_REPLICA_POSITION};
    bool is_replica = row_bool(&rows, 0, REPLICA_POSITION_COLUMN_IS_REPLICA);
    bool has_beacon = !row_is_null(&rows, 0, REPLICA_POSITION_COLUMN_BEACON_ID);
    view->session = connection->sessions;
    view->position = is_replica && has_beacon ? row_int(&rows, 0, REPLICA_POSITION_COLUMN_POSITION) : NOT_KNOWN;
    if (has_beacon)
        view->beacon_id = row_uuid(&rows, 0, REPLICA_POSITION_COLUMN_BEACON_ID);
    batch_clear(&connection->batch);
    give_up_behind(replica, view);
    if (!is_replica) {
        LOG(LOG_WARNING, "replica_promoted");
        pg_connection_reopen(connection);
    } else if (has(replica, view, replica->mark)) {
        replica->covered_us = replica->marked_at_us > replica->covered_us ? replica->marked_at_us : replica->covered_us;
        replica->mark = NOT_KNOWN;
    }
}

static void deliver(struct replica *replica, struct batch *batch)
{
    for (unsigned i = 0; i < batch->members_count; i++) {
        const struct task *task = batch->members[i];
        if (task == NULL)
            continue;
        metrics_count(METRIC_REPLICA_SERVED);
        if (task->queued_at_us > replica->covered_us)
            replica->covered_us = task->queued_at_us;
    }
    replica->rest_us = REST_FIRST_US;
    batch_deliver(batch, &replica->state->queue, clock_monotonic_us());
}

void replica_ended(struct replica *replica, struct pg_connection *connection, bool lost)
{
    struct batch *batch = &connection->batch;
    bool was_look = batch->parts_count > 0 && batch->parts[0].before != NULL;
    if (!lost && !batch->failed) {
        replica->progress_at_us = clock_monotonic_us();
        if (was_look)
            take_look(replica, connection);
        else
            deliver(replica, batch);
        return;
    }
    LOG(LOG_WARNING, "replica_failed", LOG_TEXT("sqlstate", span_of(lost ? "" : batch->sqlstate)));
    replica->views[connection - replica->state->connections].position = NOT_KNOWN;
    rest(replica, clock_monotonic_us());
    for (unsigned i = 0; i < batch->members_count; i++)
        if (batch->members[i] != NULL)
            to_primary(replica, batch->members[i], METRIC_REPLICA_FAILED);
    enum failure failure = sqlstate_failure(batch->sqlstate);
    batch_clear(batch);
    if (!lost && (failure == FAILURE_STALE_PLAN || failure == FAILURE_UNREADABLE || failure == FAILURE_BUG))
        pg_connection_reopen(connection);
}

struct replica *replica_open(struct lanes *lanes)
{
    struct replica *replica = calloc(1, sizeof *replica);
    if (replica == NULL)
        return NULL;
    replica->lanes = lanes;
    replica->state = &lanes->lane[LANE_REPLICA];
    replica->views = calloc(replica->state->connections_count, sizeof *replica->views);
    if (replica->views == NULL) {
        free(replica);
        return NULL;
    }
    call_init(&replica->position, STATEMENT_REPLICA_POSITION);
    replica->mark = NOT_KNOWN;
    replica->rest_us = REST_FIRST_US;
    replica->opened_at_us = clock_monotonic_us();
    replica->opened_real_us = clock_real_us();
    for (unsigned i = 0; i < replica->state->connections_count; i++)
        replica->views[i].position = NOT_KNOWN;
    return replica;
}

void replica_close(struct replica *replica)
{
    free(replica->views);
    free(replica);
}
