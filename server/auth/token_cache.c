/* A set-associative table of token hashes, indexed by the hash's own bytes, which nobody can choose. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/token_cache.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define SETS 4096 /* × WAYS × about 330 bytes = 10 MiB, touched only as far as used */
#define WAYS 8

struct slot {
    uint8_t hash[TOKEN_HASH_BYTES];
    int64_t asked_at_us; /* 0: empty */
    int64_t epoch;
    struct principal principal;
};

struct token_cache {
    int64_t believed_us;
    int64_t epochs_asked_at_us; /* 0: never */
    int64_t epochs[TOKEN_CACHE_BUCKETS];
    struct slot slots[SETS][WAYS];
};

struct token_cache *token_cache_open(int64_t believed_us)
{
    struct token_cache *cache = calloc(1, sizeof *cache);
    if (cache != NULL)
        cache->believed_us = believed_us;
    return cache;
}

void token_cache_close(struct token_cache *cache)
{
    free(cache);
}

static struct slot *set_of(struct token_cache *cache, const uint8_t *hash)
{
    return cache->slots[(hash[0] | hash[1] << 8) % SETS];
}

static bool is_believed(const struct token_cache *cache, const struct slot *slot, int64_t now_us)
{
    int64_t age_us = now_us - slot->asked_at_us;
    if (age_us < cache->believed_us)
        return true;
    return age_us < TOKEN_CACHE_LIFE_US && cache->epochs_asked_at_us != 0 &&
           now_us - cache->epochs_asked_at_us < cache->believed_us && slot->epoch == cache->epochs[slot->hash[0]];
}

const struct principal *token_cache_find(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES],
                                         int64_t now_us)
{
    struct slot *set = set_of(cache, hash);
    for (int way = 0; way < WAYS; way++) {
        struct slot *slot = &set[way];
        if (slot->asked_at_us != 0 && CRYPTO_memcmp(slot->hash, hash, TOKEN_HASH_BYTES) == 0)
            return is_believed(cache, slot, now_us) ? &slot->principal : NULL;
    }
    return NULL;
}

void token_cache_put(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES], const struct principal *principal,
                     int64_t epoch, int64_t asked_at_us)
{
    struct slot *set = set_of(cache, hash);
    struct slot *place = &set[0];
    for (int way = 0; way < WAYS; way++) {
        struct slot *slot = &set[way];
        if (CRYPTO_memcmp(slot->hash, hash, TOKEN_HASH_BYTES) == 0) {
            place = slot;
            break;
        }
        if (slot->asked_at_us < place->asked_at_us)
            place = slot;
    }
    memcpy(place->hash, hash, TOKEN_HASH_BYTES);
    place->principal = *principal;
    place->epoch = epoch;
    place->asked_at_us = asked_at_us;
}

void token_cache_epochs(struct token_cache *cache, const int64_t epochs[TOKEN_CACHE_BUCKETS], int64_t asked_at_us)
{
    memcpy(cache->epochs, epochs, sizeof cache->epochs);
    cache->epochs_asked_at_us = asked_at_us;
}
