/* Remembers for a moment what tokens stand for. One for each reactor. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/auth/token.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * An answer is believed for `believed_us` after the question was *asked*, so a token revoked now stops working within
 * that time. Unknown tokens are not remembered: their form has a checksum, so only deliberate guessing asks the
 * database. When a set is full the oldest answer makes room.
 */
struct token_cache;

struct token_cache *token_cache_open(int64_t believed_us);
void token_cache_close(struct token_cache *cache);
/* Valid until the next call on this cache; NULL when it must be looked up. */
const struct principal *token_cache_find(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES],
                                         int64_t now_us);
void token_cache_put(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES], const struct principal *principal,
                     int64_t asked_at_us);
