/* Remembers for a moment what tokens stand for. One for each reactor. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/auth/principal.h"
#include "server/auth/token.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * An answer is believed for `believed_us` after its question was asked, and up to TOKEN_CACHE_LIFE_US while the epoch
 * of its bucket stands and was itself asked for less than `believed_us` ago (docs/adr/0002). So a token revoked now
 * stops working within `believed_us`. Unknown tokens are not remembered: their form has a checksum, so only deliberate
 * guessing asks the database. When a set is full the oldest answer makes room.
 */
#define TOKEN_CACHE_LIFE_US INT64_C(30000000)
#define TOKEN_CACHE_BUCKETS 256

struct token_cache;

struct token_cache *token_cache_open(int64_t believed_us);
void token_cache_close(struct token_cache *cache);
/* Valid until the next call on this cache; NULL when it must be looked up. */
const struct principal *token_cache_find(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES],
                                         int64_t now_us);
void token_cache_put(struct token_cache *cache, const uint8_t hash[TOKEN_HASH_BYTES], const struct principal *principal,
                     int64_t epoch, int64_t asked_at_us);
/* The versions of all buckets, as a question asked at `asked_at_us` was answered. */
void token_cache_epochs(struct token_cache *cache, const int64_t epochs[TOKEN_CACHE_BUCKETS], int64_t asked_at_us);
