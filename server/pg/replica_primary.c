/* Asks the primary how far it is, and sees to its beacon. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/pg/replica_state.h"
#include <stddef.h>

#define BEACON_LIFE_US INT64_C(60000000)

static void beacon_lit(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct replica *replica = (struct replica *)((char *)task - offsetof(struct replica, lighting));
    (void)outcome; /* the next answer of the primary tells */
    (void)rows;
    replica->is_lighting = false;
}

/* One from before that is as good as none: a stand-by of somebody who has parted since would show it too. */
static int64_t oldest_lit_us(const struct replica *replica, int64_t real_us)
{
    int64_t oldest_us = real_us - BEACON_LIFE_US;
    return oldest_us > replica->opened_real_us ? oldest_us : replica->opened_real_us;
}

static void light_beacon(struct replica *replica)
{
    struct call *call = &replica->lighting.call;
    int64_t real_us = clock_real_us();
    call_init(call, STATEMENT_REPLICA_BEACON_LIGHT);
    call_uuid(call, REPLICA_BEACON_LIGHT_PARAM_BEACON_ID, uuid_make(uuid_random_key()));
    call_instant(call, REPLICA_BEACON_LIGHT_PARAM_AT, real_us);
    call_instant(call, REPLICA_BEACON_LIGHT_PARAM_IF_BEFORE, oldest_lit_us(replica, real_us));
    replica->lighting.lane = LANE_SLOW;
    replica->lighting.done = beacon_lit;
    replica->is_lighting = lanes_submit(replica->lanes, &replica->lighting);
}

/* The primary's own beacon, if it has one; a new one when it has none, or an old one. */
static void take_beacon(struct replica *replica, const struct rows *rows)
{
    bool is_primary = !row_is_null(rows, 0, REPLICA_TARGET_COLUMN_POSITION);
    replica->has_beacon = is_primary && row_bool(rows, 0, REPLICA_TARGET_COLUMN_IS_OWN);
    int64_t lit_at_us = replica->has_beacon ? row_instant(rows, 0, REPLICA_TARGET_COLUMN_LIT_AT) : 0;
    bool is_old = lit_at_us < oldest_lit_us(replica, clock_real_us());
    replica->has_beacon = replica->has_beacon && lit_at_us >= replica->opened_real_us;
    if (is_primary && is_old && !replica->is_lighting)
        light_beacon(replica);
    if (!replica->has_beacon)
        return;
    struct uuid beacon_id = row_uuid(rows, 0, REPLICA_TARGET_COLUMN_BEACON_ID);
    if (!uuid_equal(beacon_id, replica->beacon_id))
        replica->mark = NOT_KNOWN;
    replica->beacon_id = beacon_id;
}

static void primary_answered(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct replica *replica = (struct replica *)task;
    struct task *next;
    replica->is_asking = false;
    if (replica->lanes->closing)
        return;
    replica->has_beacon = false;
    if (outcome == TASK_DONE && rows->count == 1)
        take_beacon(replica, rows);
    int64_t position = replica->has_beacon ? row_int(rows, 0, REPLICA_TARGET_COLUMN_POSITION) : NOT_KNOWN;
    if (replica->mark == NOT_KNOWN && position != NOT_KNOWN) {
        replica->mark = position;
        replica->marked_at_us = replica->asked_at_us;
    }
    for (struct task *waiting = replica->state->queue.head; waiting != NULL; waiting = next) {
        next = waiting->next;
        if (waiting->question > replica->questions || waiting->wanted_position != NOT_KNOWN)
            continue;
        waiting->wanted_position = position;
        waiting->wanted_since_us = clock_monotonic_us();
        if (position == NOT_KNOWN)
            replica_give_up(replica, waiting, METRIC_REPLICA_UNUSED);
    }
}

void replica_ask_primary(struct replica *replica, int64_t now_us)
{
    if (replica->is_asking)
        return;
    call_init(&replica->question.call, STATEMENT_REPLICA_TARGET);
    replica->question.lane = LANE_READ;
    replica->question.done = primary_answered;
    replica->asked_at_us = now_us;
    replica->is_asking = lanes_submit(replica->lanes, &replica->question);
    replica->questions += replica->is_asking;
}
