/* How many requests a caller may make in a window, counted for this process over all reactors. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * GCRA: for each caller one instant, the theoretical arrival time (TAT). Each request moves it on by window / quota; a
 * request that would put it more than one window ahead is refused and moves nothing. So a burst of `quota` is allowed
 * to a rested caller and quota / window on average after it.
 *
 * Memory is fixed at opening: sets of 8 slots, each set under one of 64 locks. A slot whose TAT has passed says nothing
 * and is free. When all 8 are live, the newcomer takes the one with the least debt: nobody is turned away or left
 * uncounted for want of room, and a caller who is being refused is the last to be forgotten. Holding a slot costs
 * requests (one holds it for window / quota), and where a key lands is secret, so to push out one refused caller is to
 * drive the whole table past that caller's debt.
 */
#define RATE_LIMIT_KEYS 65536 /* × 16 bytes = 1 MiB; at 600 a minute it takes 655,360 requests/s to fill */
#define RATE_LIMIT_HEADER_BYTES 96

struct rate_limit;

struct rate_verdict {
    bool allowed;
    int64_t limit;
    int64_t remaining;     /* requests that would be allowed at this instant after this one */
    int64_t reset_s;       /* until the whole quota is there again, rounded up */
    int64_t retry_after_s; /* 0 when allowed, else at least 1 */
};

/* `name` is a literal and stands in the headers. NULL when out of memory. Every function is thread-safe. */
struct rate_limit *rate_limit_open(const char *name, int64_t quota, int64_t window_s);
void rate_limit_close(struct rate_limit *limit);

uint64_t rate_limit_key_of_principal(const struct rate_limit *limit, struct uuid subject_id);
uint64_t rate_limit_key_of_address(const struct rate_limit *limit, const struct sockaddr *peer); /* IPv6 by /64 */

/* Takes one request. `now_us` is clock_monotonic_us(). */
void rate_limit_take(struct rate_limit *limit, uint64_t key, int64_t now_us, struct rate_verdict *out);

/* Values of `RateLimit-Policy` (constant: "principal";q=600;w=60) and `RateLimit` ("principal";r=599;t=12). */
const char *rate_limit_policy_text(const struct rate_limit *limit);
void rate_limit_text(const struct rate_limit *limit, const struct rate_verdict *verdict,
                     char out[RATE_LIMIT_HEADER_BYTES]);
