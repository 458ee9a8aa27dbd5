/* server/auth/token_cache.c: how long an answer is believed, and what makes room. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/token_cache.h"
#include "tests/unit/harness.h"

#define BELIEVED_US 1000000

static void hash_of(uint8_t hash[TOKEN_HASH_BYTES], unsigned set, unsigned tail)
{
    memset(hash, 0, TOKEN_HASH_BYTES);
    hash[0] = (uint8_t)set;
    hash[1] = (uint8_t)(set >> 8);
    hash[30] = (uint8_t)(tail >> 8);
    hash[31] = (uint8_t)tail;
}

static void test_believed_from_the_question_on(void **state)
{
    struct token_cache *cache = token_cache_open(BELIEVED_US);
    struct principal staff = {.kind = PRINCIPAL_STAFF, .roles = ROLE_AUDITOR};
    uint8_t hash[TOKEN_HASH_BYTES];
    hash_of(hash, 7, 1);
    assert_null(token_cache_find(cache, hash, 5000));
    token_cache_put(cache, hash, &staff, 0, 5000);
    const struct principal *found = token_cache_find(cache, hash, 5000 + BELIEVED_US - 1);
    assert_non_null(found);
    assert_int_equal(found->roles, ROLE_AUDITOR);
    assert_null(token_cache_find(cache, hash, 5000 + BELIEVED_US));
    token_cache_close(cache);
}

static void test_every_byte_of_the_hash_counts(void **state)
{
    struct token_cache *cache = token_cache_open(BELIEVED_US);
    struct principal citizen = {.kind = PRINCIPAL_CITIZEN};
    uint8_t hash[TOKEN_HASH_BYTES];
    hash_of(hash, 9, 9);
    token_cache_put(cache, hash, &citizen, 0, 1);
    for (int i = 0; i < TOKEN_HASH_BYTES; i++) {
        hash[i] ^= 1;
        assert_null(token_cache_find(cache, hash, 2));
        hash[i] ^= 1;
    }
    token_cache_close(cache);
}

static void test_the_oldest_makes_room(void **state)
{
    struct token_cache *cache = token_cache_open(BELIEVED_US);
    struct principal principal = {.kind = PRINCIPAL_CITIZEN};
    uint8_t hash[TOKEN_HASH_BYTES];
    for (unsigned i = 1; i <= 9; i++) {
        hash_of(hash, 3, i);
        token_cache_put(cache, hash, &principal, 0, 100 + i);
    }
    hash_of(hash, 3, 1);
    assert_null(token_cache_find(cache, hash, 200));
    for (unsigned i = 2; i <= 9; i++) {
        hash_of(hash, 3, i);
        assert_non_null(token_cache_find(cache, hash, 200));
    }
    token_cache_close(cache);
}

static void test_believed_longer_while_the_epoch_stands(void **state)
{
    struct token_cache *cache = token_cache_open(BELIEVED_US);
    struct principal principal = {.kind = PRINCIPAL_CITIZEN};
    int64_t epochs[TOKEN_CACHE_BUCKETS] = {0};
    uint8_t hash[TOKEN_HASH_BYTES];
    hash_of(hash, 200, 1);
    epochs[200] = 41;
    token_cache_put(cache, hash, &principal, 41, 1000);
    assert_null(token_cache_find(cache, hash, 1000 + BELIEVED_US)); /* no epochs known yet */
    token_cache_epochs(cache, epochs, 2 * BELIEVED_US);
    assert_non_null(token_cache_find(cache, hash, 3 * BELIEVED_US - 1));
    assert_null(token_cache_find(cache, hash, 3 * BELIEVED_US)); /* the epochs are too old themselves */
    epochs[199] = 1;
    token_cache_epochs(cache, epochs, 4 * BELIEVED_US);
    assert_non_null(token_cache_find(cache, hash, 4 * BELIEVED_US + 1)); /* another bucket */
    epochs[200] = 42;
    token_cache_epochs(cache, epochs, 5 * BELIEVED_US);
    assert_null(token_cache_find(cache, hash, 5 * BELIEVED_US + 1)); /* something in its bucket was revoked */
    token_cache_put(cache, hash, &principal, 42, 5 * BELIEVED_US);
    token_cache_epochs(cache, epochs, 5 * BELIEVED_US + TOKEN_CACHE_LIFE_US);
    assert_null(token_cache_find(cache, hash, 5 * BELIEVED_US + TOKEN_CACHE_LIFE_US));
    token_cache_close(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_believed_from_the_question_on),
        cmocka_unit_test(test_every_byte_of_the_hash_counts),
        cmocka_unit_test(test_the_oldest_makes_room),
        cmocka_unit_test(test_believed_longer_while_the_epoch_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
