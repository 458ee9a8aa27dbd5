/* Sealing, unsealing and keyed hashes, without a database. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/keyring_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define NUMBER SPAN("11010519491231002X")

static const struct uuid row = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16}};
static const struct uuid other_row = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 17}};

static int open_ring(void **state)
{
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    for (size_t purpose = 0; purpose < KEY_PURPOSES; purpose++)
        memset(keys[purpose], (int)purpose + 1, KEY_BYTES);
    *state = keyring_open_fixed(keys);
    return *state == NULL ? -1 : 0;
}

static int close_ring(void **state)
{
    keyring_close(*state);
    return 0;
}

static size_t seal(const struct keyring *ring, struct span plain, uint8_t out[256])
{
    size_t written = 0;
    assert_true(keyring_seal(ring, "person.citizen_number", row, plain, out, 256, &written));
    return written;
}

static bool opens(const struct keyring *ring, const char *column, struct uuid id, const uint8_t *sealed, size_t length)
{
    char plain[256];
    size_t written = 0;
    return keyring_unseal(ring, column, id, (struct span){.bytes = (const char *)sealed, .length = length}, plain,
                          sizeof plain, &written);
}

static void sealed_value_opens_to_the_same(void **state)
{
    uint8_t sealed[256];
    char plain[256];
    size_t length = seal(*state, NUMBER, sealed), written = 0;
    assert_int_equal(length, NUMBER.length + SEAL_OVERHEAD_BYTES);
    assert_int_equal(sealed[0], 1);
    assert_int_equal(sealed[1] << 8 | sealed[2], 1);
    assert_true(keyring_unseal(*state, "person.citizen_number", row,
                               (struct span){.bytes = (const char *)sealed, .length = length}, plain, sizeof plain,
                               &written));
    assert_true(span_equal((struct span){.bytes = plain, .length = written}, NUMBER));
}

static void empty_value_can_be_sealed(void **state)
{
    uint8_t sealed[256];
    size_t length = seal(*state, SPAN(""), sealed);
    assert_int_equal(length, SEAL_OVERHEAD_BYTES);
    assert_true(opens(*state, "person.citizen_number", row, sealed, length));
}

static void same_value_seals_differently_each_time(void **state)
{
    uint8_t first[256], second[256];
    size_t length = seal(*state, NUMBER, first);
    seal(*state, NUMBER, second);
    assert_memory_not_equal(first, second, length);
}

static void moved_value_does_not_open(void **state)
{
    uint8_t sealed[256];
    size_t length = seal(*state, NUMBER, sealed);
    assert_true(opens(*state, "person.citizen_number", row, sealed, length));
    assert_false(opens(*state, "person.name", row, sealed, length));
    assert_false(opens(*state, "person.citizen_number", other_row, sealed, length));
}

static void any_changed_bit_or_missing_byte_is_noticed(void **state)
{
    uint8_t sealed[256];
    size_t length = seal(*state, NUMBER, sealed);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(opens(*state, "person.citizen_number", row, sealed, length));
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t shorter = 0; shorter < length; shorter++)
        assert_false(opens(*state, "person.citizen_number", row, sealed, shorter));
}

static void too_little_room_is_refused(void **state)
{
    uint8_t sealed[256];
    size_t written = 0;
    size_t needed = NUMBER.length + SEAL_OVERHEAD_BYTES;
    assert_false(keyring_seal(*state, "person.citizen_number", row, NUMBER, sealed, needed - 1, &written));
    assert_true(keyring_seal(*state, "person.citizen_number", row, NUMBER, sealed, needed, &written));
    char plain[18];
    struct span span = {.bytes = (const char *)sealed, .length = needed};
    assert_false(keyring_unseal(*state, "person.citizen_number", row, span, plain, sizeof plain - 1, &written));
    assert_true(keyring_unseal(*state, "person.citizen_number", row, span, plain, sizeof plain, &written));
}

static void key_in_use_seals_and_all_open(void **state)
{
    struct keyring *ring = *state;
    uint8_t old[256], new[256];
    size_t length = seal(ring, NUMBER, old);
    struct key second = {.version = 2};
    memset(second.bytes, 0x55, KEY_BYTES);
    assert_true(keyring_add(ring, KEY_SEAL_PERSON, &second));
    seal(ring, NUMBER, new);
    assert_int_equal(new[2], 1); /* it waits until every process has it */
    keyring_use(ring, KEY_SEAL_PERSON, keyring_find(ring, KEY_SEAL_PERSON, 2), NULL);
    seal(ring, NUMBER, new);
    assert_int_equal(new[2], 2);
    assert_true(opens(ring, "person.citizen_number", row, old, length));
    assert_true(opens(ring, "person.citizen_number", row, new, length));
    new[2] = 1; /* the version is part of what is authenticated */
    assert_false(opens(ring, "person.citizen_number", row, new, length));
}

static void hash_is_hmac_sha256_under_the_purposes_key(void **state)
{
    /* Computed apart: printf abc | openssl dgst -sha256 -mac HMAC -macopt hexkey:<32 bytes 02> */
    static const uint8_t expected[4] = {0x47, 0x35, 0x45, 0xe2};
    uint8_t hash[KEYED_HASH_BYTES], other[KEYED_HASH_BYTES], again[KEYED_HASH_BYTES];
    assert_true(keyring_hash(*state, KEY_HASH_CITIZEN_NUMBER, SPAN("abc"), hash));
    assert_true(keyring_hash(*state, KEY_HASH_CITIZEN_NUMBER, SPAN("abc"), again));
    assert_true(keyring_hash(*state, KEY_HASH_PHONE, SPAN("abc"), other));
    assert_memory_equal(hash, expected, sizeof expected);
    assert_memory_equal(hash, again, sizeof hash);
    assert_memory_not_equal(hash, other, sizeof hash);
    assert_false(keyring_hash(*state, KEY_SEAL_PERSON, SPAN("abc"), hash));
}

static size_t items_of(const struct keyring *ring, uint8_t out[KEYED_ITEMS_BYTES])
{
    size_t length = 0;
    assert_true(keyring_hash_items(ring, KEY_HASH_CARD_NUMBER, SPAN("abc"), out, &length));
    return length;
}

static const struct key *add_card_key(struct keyring *ring, uint16_t version, int byte)
{
    struct key key = {.version = version};
    memset(key.bytes, byte, KEY_BYTES);
    assert_true(keyring_add(ring, KEY_HASH_CARD_NUMBER, &key));
    return keyring_find(ring, KEY_HASH_CARD_NUMBER, version);
}

static void items_name_their_versions_and_the_first_is_looked_up_by(void **state)
{
    struct keyring *ring = *state;
    uint8_t alone[KEYED_ITEMS_BYTES], both[KEYED_ITEMS_BYTES], hash[KEYED_HASH_BYTES];
    const struct key *old = keyring_in_use(ring, KEY_HASH_CARD_NUMBER);
    assert_int_equal(items_of(ring, alone), KEYED_ITEM_BYTES);
    assert_int_equal(alone[0] << 8 | alone[1], 1);
    const struct key *new = add_card_key(ring, 2, 0x77);
    assert_int_equal(items_of(ring, both), KEYED_ITEM_BYTES); /* it is there, and nobody has said what for */
    keyring_use(ring, KEY_HASH_CARD_NUMBER, old, new);
    assert_int_equal(items_of(ring, both), KEYED_ITEMS_BYTES);
    assert_memory_equal(both, alone, KEYED_ITEM_BYTES);
    assert_int_equal(both[KEYED_ITEM_BYTES + 1], 2);
    keyring_use(ring, KEY_HASH_CARD_NUMBER, new, old);
    uint8_t turned[KEYED_ITEMS_BYTES];
    assert_int_equal(items_of(ring, turned), KEYED_ITEMS_BYTES);
    assert_memory_equal(turned, both + KEYED_ITEM_BYTES, KEYED_ITEM_BYTES);
    assert_memory_equal(turned + KEYED_ITEM_BYTES, both, KEYED_ITEM_BYTES);
    assert_true(keyring_hash(ring, KEY_HASH_CARD_NUMBER, SPAN("abc"), hash));
    assert_memory_equal(hash, turned + 2, sizeof hash);
    keyring_use(ring, KEY_HASH_CARD_NUMBER, new, NULL);
    assert_int_equal(items_of(ring, both), KEYED_ITEM_BYTES);
}

static void a_stored_hash_leads_to_the_next_version_and_no_further(void **state)
{
    struct keyring *ring = *state;
    uint8_t first[KEYED_HASH_BYTES], second[KEYED_HASH_BYTES], third[KEYED_HASH_BYTES], hash[KEYED_HASH_BYTES];
    assert_true(keyring_hash(ring, KEY_HASH_CARD_NUMBER, SPAN("abc"), first));
    assert_false(keyring_hash_again(ring, KEY_HASH_CARD_NUMBER, 1, first, second));
    add_card_key(ring, 2, 0x77);
    const struct key *newest = add_card_key(ring, 3, 0x78);
    assert_true(keyring_hash_again(ring, KEY_HASH_CARD_NUMBER, 1, first, second));
    assert_true(keyring_hash_again(ring, KEY_HASH_CARD_NUMBER, 2, second, third));
    assert_false(keyring_hash_again(ring, KEY_HASH_CARD_NUMBER, 3, third, hash));
    keyring_use(ring, KEY_HASH_CARD_NUMBER, newest, NULL);
    assert_true(keyring_hash(ring, KEY_HASH_CARD_NUMBER, SPAN("abc"), hash));
    assert_memory_equal(hash, third, sizeof hash);
    assert_memory_not_equal(second, first, sizeof first);
}

int main(void)
{
#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, open_ring, close_ring)
    const struct CMUnitTest tests[] = {
        WITH_RING(sealed_value_opens_to_the_same),
        WITH_RING(empty_value_can_be_sealed),
        WITH_RING(same_value_seals_differently_each_time),
        WITH_RING(moved_value_does_not_open),
        WITH_RING(any_changed_bit_or_missing_byte_is_noticed),
        WITH_RING(too_little_room_is_refused),
        WITH_RING(key_in_use_seals_and_all_open),
        WITH_RING(hash_is_hmac_sha256_under_the_purposes_key),
        WITH_RING(items_name_their_versions_and_the_first_is_looked_up_by),
        WITH_RING(a_stored_hash_leads_to_the_next_version_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
