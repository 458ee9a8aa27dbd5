/* How many requests a caller may make in a window, counted for this process over all reactors. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/rate_limit.h"
#include "server/auth/address.h"
#include "server/siphash.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define WAYS 8
#define SETS (RATE_LIMIT_KEYS / WAYS)
#define LOCKS 64
#define NS_PER_S INT64_C(1000000000)

struct slot {
    uint64_t key;
    int64_t tat_ns; /* not after now: the caller has its whole quota, and the slot is free */
};

struct set {
    struct slot slots[WAYS]; /* two cache lines */
};

struct lock {
    _Alignas(64) pthread_mutex_t mutex;
};

struct rate_limit {
    struct lock locks[LOCKS];
    struct siphash_key hash_key;
    const char *name;
    int64_t quota;
    int64_t step_ns;   /* what one request costs */
    int64_t window_ns; /* quota × step: a quota that does not divide the window still allows exactly itself */
    char policy[RATE_LIMIT_HEADER_BYTES];
    _Alignas(64) struct set sets[SETS];
};

struct rate_limit *rate_limit_open(const char *name, int64_t quota, int64_t window_s)
{
    struct rate_limit *limit = aligned_alloc(64, sizeof *limit);
    if (limit == NULL)
        return NULL;
    memset(limit, 0, sizeof *limit);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&limit->locks[i].mutex, NULL);
    siphash_key_make(&limit->hash_key);
    limit->name = name;
    limit->quota = quota;
    limit->step_ns = window_s * NS_PER_S / quota;
    limit->window_ns = limit->step_ns * quota;
    snprintf(limit->policy, sizeof limit->policy, "\"%s\";q=%lld;w=%lld", name, (long long)quota, (long long)window_s);
    return limit;
}

void rate_limit_close(struct rate_limit *limit)
{
    if (limit == NULL)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&limit->locks[i].mutex);
    free(limit);
}

uint64_t rate_limit_key_of_principal(const struct rate_limit *limit, struct uuid subject_id)
{
    return siphash(&limit->hash_key, subject_id.bytes, sizeof subject_id.bytes);
}

uint64_t rate_limit_key_of_address(const struct rate_limit *limit, const struct sockaddr *peer)
{
    uint8_t caller[ADDRESS_CALLER_BYTES_MAX];
    size_t length = address_caller_bytes(peer, caller);
    return siphash(&limit->hash_key, caller, length);
}

/* The caller's own slot, else the one with the least debt: a free one if there is any (see the header). */
static struct slot *find_slot(struct set *set, uint64_t key)
{
    struct slot *least = &set->slots[0];
    for (size_t i = 0; i < WAYS; i++) {
        struct slot *slot = &set->slots[i];
        if (slot->key == key)
            return slot;
        if (slot->tat_ns < least->tat_ns)
            least = slot;
    }
    *least = (struct slot){.key = key, .tat_ns = 0};
    return least;
}

static int64_t seconds_up(int64_t ns)
{
    return (ns + NS_PER_S - 1) / NS_PER_S;
}

void rate_limit_take(struct rate_limit *limit, uint64_t key, int64_t now_us, struct rate_verdict *out)
{
    int64_t now_ns = now_us * 1000;
    size_t index = key % SETS;
    pthread_mutex_t *mutex = &limit->locks[index % LOCKS].mutex;

    pthread_mutex_lock(mutex);
    struct slot *slot = find_slot(&limit->sets[index], key);
    int64_t debt_ns = slot->tat_ns > now_ns ? slot->tat_ns - now_ns : 0;
    bool allowed = debt_ns + limit->step_ns <= limit->window_ns;
    if (allowed) {
        debt_ns += limit->step_ns;
        slot->tat_ns = now_ns + debt_ns;
    }
    pthread_mutex_unlock(mutex);

    out->allowed = allowed;
    out->limit = limit->quota;
    out->remaining = (limit->window_ns - debt_ns) / limit->step_ns;
    out->reset_s = seconds_up(debt_ns);
    out->retry_after_s = allowed ? 0 : seconds_up(debt_ns + limit->step_ns - limit->window_ns);
}

const char *rate_limit_policy_text(const struct rate_limit *limit)
{
    return limit->policy;
}

void rate_limit_text(const struct rate_limit *limit, const struct rate_verdict *verdict,
                     char out[RATE_LIMIT_HEADER_BYTES])
{
    snprintf(out, RATE_LIMIT_HEADER_BYTES, "\"%s\";r=%lld;t=%lld", limit->name, (long long)verdict->remaining,
             (long long)verdict->reset_s);
}
