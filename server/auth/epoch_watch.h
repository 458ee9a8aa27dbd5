/* Keeps a token cache told of what was revoked, and the process of its deployment's test clock. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/token_cache.h"
#include "server/pg/lane.h"

struct epoch_watch {
    struct task task; /* first: the lane gives it back */
    struct token_cache *cache;
    int64_t asked_at_us;
    bool is_asking;
};

/* Asks unless a question is still under way; the answer goes to cache and clock. Call it several times within a second.
 */
void epoch_watch_tick(struct epoch_watch *watch, struct lanes *lanes, int64_t now_us);
