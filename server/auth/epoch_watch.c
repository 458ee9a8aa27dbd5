/* Asks for the versions of all token buckets, and for the test clock, through the read lane. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/epoch_watch.h"
#include "server/clock.h"
#include <endian.h>

static void epochs_came(struct task *task, enum task_outcome outcome, const struct rows *rows)
{
    struct epoch_watch *watch = (struct epoch_watch *)task;
    int64_t epochs[TOKEN_CACHE_BUCKETS];
    watch->is_asking = false;
    if (outcome != TASK_DONE || rows->count != 1)
        return;
    clock_advance_to_us(row_int(rows, 0, TOKEN_EPOCHS_COLUMN_CLOCK_ADVANCE_US));
    struct span bytes = row_text(rows, 0, TOKEN_EPOCHS_COLUMN_VERSIONS);
    if (bytes.length != sizeof epochs)
        return; /* without an answer tokens are asked for every second, as before */
    for (int i = 0; i < TOKEN_CACHE_BUCKETS; i++) {
        uint64_t wire;
        memcpy(&wire, bytes.bytes + (size_t)i * sizeof wire, sizeof wire);
        epochs[i] = (int64_t)be64toh(wire);
    }
    token_cache_epochs(watch->cache, epochs, watch->asked_at_us);
}

void epoch_watch_tick(struct epoch_watch *watch, struct lanes *lanes, int64_t now_us)
{
    if (watch->is_asking)
        return;
    watch->task.lane = LANE_READ;
    watch->task.done = epochs_came;
    watch->asked_at_us = now_us;
    call_init(&watch->task.call, STATEMENT_TOKEN_EPOCHS);
    watch->is_asking = lanes_submit(lanes, &watch->task);
}
