/* What replica.c and replica_primary.c share: the two sides of one comparison. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/lane_state.h"

#define NOT_KNOWN (-1)

/* What the stand-by of one connection has shown of itself. */
struct view {
    struct uuid beacon_id;
    int64_t position;
    int64_t looked_at_us;
    unsigned session; /* it was another one's, perhaps, in another session */
};

struct replica {
    struct task question; /* how far the primary is */
    struct task lighting; /* a new beacon */
    struct lanes *lanes;
    struct lane_state *state;
    struct view *views;   /* one for each connection */
    struct call position; /* the statement that tells it */
    uint64_t questions;   /* sent so far */
    int64_t asked_at_us;  /* the last of them */
    bool is_asking, is_lighting;
    bool has_beacon; /* the primary showed one of its own with its last answer */
    struct uuid beacon_id;
    int64_t mark, marked_at_us; /* where the primary was then; NOT_KNOWN once a stand-by has come so far */
    int64_t covered_us;         /* some stand-by has all that was confirmed until then; 0: never */
    int64_t progress_at_us;     /* some stand-by has answered something */
    int64_t opened_real_us;     /* a beacon from before says nothing of who has parted since */
    int64_t opened_at_us, rests_until_us, rest_us;
    bool was_usable; /* as last logged */
};

/* Asks how far the primary is, unless it is being asked; the answer is for all that was submitted before. */
void replica_ask_primary(struct replica *replica, int64_t now_us);
/* The primary answers it after all; `why` is counted. */
void replica_give_up(struct replica *replica, struct task *task, enum metric_counter why);
