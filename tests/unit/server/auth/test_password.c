/* Passwords: the same secret, salt and pepper give the same hash; anything else another. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/password.h"
#include "server/crypto/keyring_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static struct keyring *ring;

static int open_ring(void **state)
{
    (void)state;
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    for (size_t purpose = 0; purpose < KEY_PURPOSES; purpose++)
        memset(keys[purpose], (int)purpose + 1, KEY_BYTES);
    ring = keyring_open_fixed(keys);
    return ring == NULL ? -1 : 0;
}

static int close_ring(void **state)
{
    (void)state;
    keyring_close(ring);
    return 0;
}

/* Small, but for where the cost itself is at stake. */
static struct password_params cheap(void)
{
    struct password_params params;
    assert_true(password_params_new(ring, &params));
    params.log2_n = 4;
    return params;
}

/* From Python: hashlib.scrypt(hmac.new(b"\x09" * 32, b"correct horse", "sha256").digest(), salt=b"\x00" * 16, …). */
static void agrees_with_another_implementation(void **state)
{
    (void)state;
    static const uint8_t expected[KEYED_HASH_BYTES] = {0xc1, 0xa1, 0x9a, 0xee, 0x2a, 0x5a, 0xc2, 0x9b, 0xc5, 0x1c, 0x27,
                                                       0x4a, 0x85, 0xf4, 0x3b, 0xc7, 0x21, 0xa1, 0x53, 0xc0, 0x3c, 0x70,
                                                       0x1f, 0x87, 0xa3, 0xf8, 0x63, 0x2f, 0x2a, 0x6e, 0x31, 0x79};
    struct password_params params;
    struct password_hash hash;
    assert_true(password_params_new(ring, &params));
    memset(params.salt, 0, sizeof params.salt);
    assert_true(password_derive(SPAN("correct horse"), &params, &hash));
    assert_memory_equal(hash.items, "\0\1", 2);
    assert_memory_equal(hash.items + 2, expected, sizeof expected);
    assert_memory_equal(hash.items + KEYED_ITEM_BYTES, hash.items, KEYED_ITEM_BYTES);
}

static bool is_right(const char *secret, const struct password_params *params, const struct password_hash *stored,
                     unsigned version)
{
    bool answer = true;
    size_t item = stored->items[1] == version ? 0 : KEYED_ITEM_BYTES;
    assert_true(password_verify(span_of(secret), params, stored->items + item + 2, version, &answer));
    return answer;
}

static void everything_matters(void **state)
{
    (void)state;
    static const uint8_t other_keys[KEY_PURPOSES][KEY_BYTES] = {{1}};
    struct keyring *other = keyring_open_fixed(other_keys);
    struct password_params params = cheap(), changed;
    struct password_hash first;
    assert_non_null(other);
    assert_true(password_derive(SPAN("secret"), &params, &first));
    assert_true(is_right("secret", &params, &first, 1));

    assert_false(is_right("secreT", &params, &first, 1));
    changed = params;
    changed.salt[15] ^= 1;
    assert_false(is_right("secret", &changed, &first, 1));
    changed = params;
    changed.keyring = other;
    assert_false(is_right("secret", &changed, &first, 1));
    changed = params;
    changed.log2_n++;
    assert_false(is_right("secret", &changed, &first, 1));
    keyring_close(other);
}

/* What one version has stored is right for as long as the key is there, and the next version follows from it. */
static void a_pepper_that_changes(void **state)
{
    (void)state;
    static const struct key newer = {.version = 2, .bytes = {42}};
    uint8_t carried[KEYED_HASH_BYTES];
    struct password_params params = cheap();
    struct password_hash before, between, after;
    bool answer = true;
    assert_true(password_derive(SPAN("secret"), &params, &before));
    assert_false(password_verify(SPAN("secret"), &params, before.items + 2, 2, &answer)); /* no such key */
    assert_true(keyring_add(ring, KEY_PEPPER_CREDENTIAL, &newer));
    assert_true(keyring_hash_again(ring, KEY_PEPPER_CREDENTIAL, 1, before.items + 2, carried));

    keyring_use(ring, KEY_PEPPER_CREDENTIAL, keyring_find(ring, KEY_PEPPER_CREDENTIAL, 1),
                keyring_find(ring, KEY_PEPPER_CREDENTIAL, 2));
    assert_true(password_derive(SPAN("secret"), &params, &between));
    assert_memory_equal(between.items, before.items, KEYED_ITEM_BYTES);
    assert_memory_equal(between.items + KEYED_ITEM_BYTES + 2, carried, sizeof carried);
    keyring_use(ring, KEY_PEPPER_CREDENTIAL, keyring_find(ring, KEY_PEPPER_CREDENTIAL, 2), NULL);
    assert_true(password_derive(SPAN("secret"), &params, &after));
    assert_memory_equal(after.items + 2, carried, sizeof carried);
    assert_true(is_right("secret", &params, &before, 1));
    assert_true(is_right("secret", &params, &after, 2));
    assert_false(is_right("Secret", &params, &after, 2));
}

static void salts_are_new_each_time(void **state)
{
    (void)state;
    struct password_params first = cheap(), second = cheap();
    assert_memory_not_equal(first.salt, second.salt, sizeof first.salt);
    assert_int_equal(PASSWORD_LOG2_N, 15);
}

static void a_decoy_is_always_the_same_for_one_number(void **state)
{
    (void)state;
    struct password_params first, again, other;
    assert_true(password_params_decoy(ring, SPAN("citizen_number:1"), &first));
    assert_true(password_params_decoy(ring, SPAN("citizen_number:1"), &again));
    assert_true(password_params_decoy(ring, SPAN("citizen_number:2"), &other));
    assert_memory_equal(first.salt, again.salt, sizeof first.salt);
    assert_memory_not_equal(first.salt, other.salt, sizeof first.salt);
    assert_int_equal(first.log2_n, PASSWORD_LOG2_N);
    assert_int_equal(first.block_size, PASSWORD_BLOCK_SIZE);
    assert_int_equal(first.parallel, PASSWORD_PARALLEL);
}

static void refuses_what_would_eat_the_memory(void **state)
{
    (void)state;
    struct password_params params = cheap();
    struct password_hash hash;
    params.log2_n = 20;
    params.block_size = 16;
    assert_false(password_derive(SPAN("secret"), &params, &hash));
    params.log2_n = 63;
    assert_false(password_derive(SPAN("secret"), &params, &hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_another_implementation),
        cmocka_unit_test(everything_matters),
        cmocka_unit_test(salts_are_new_each_time),
        cmocka_unit_test(a_decoy_is_always_the_same_for_one_number),
        cmocka_unit_test(refuses_what_would_eat_the_memory),
        cmocka_unit_test(a_pepper_that_changes), /* changes the ring */
    };
    return cmocka_run_group_tests(tests, open_ring, close_ring);
}
