/* The pieces of documents: they open as they were sealed, and none can be changed, swapped, left out or borrowed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/pieces.h"
#include "server/crypto/keyring_internal.h"
#include "tests/unit/harness.h"
#include <stdlib.h>

static struct keyring *keyring;

static int open_keys(void **state)
{
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    memset(keys, 7, sizeof keys);
    keyring = keyring_open_fixed(keys);
    return keyring == NULL ? -1 : 0;
}

static int close_keys(void **state)
{
    keyring_close(keyring);
    return 0;
}

static char *sealed_of(struct uuid id, size_t content_bytes)
{
    char *bytes = malloc(document_sealed_bytes(content_bytes));
    assert_non_null(bytes);
    for (size_t i = 0; i < content_bytes; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    assert_true(document_seal(keyring, id, bytes, content_bytes));
    return bytes;
}

static bool is_content(const char *bytes, size_t content_bytes)
{
    for (size_t i = 0; i < content_bytes; i++)
        if (bytes[i] != (char)(i * 31 + i / 251))
            return false;
    return true;
}

static void test_what_was_sealed_opens(void **state)
{
    static const size_t sizes[] = {1,
                                   2,
                                   31,
                                   LIMIT_DOCUMENT_CHUNK_BYTES - 1,
                                   LIMIT_DOCUMENT_CHUNK_BYTES,
                                   LIMIT_DOCUMENT_CHUNK_BYTES + 1,
                                   3 * LIMIT_DOCUMENT_CHUNK_BYTES,
                                   3 * LIMIT_DOCUMENT_CHUNK_BYTES + 17,
                                   LIMIT_DOCUMENT_BYTES};
    struct uuid id = uuid_make(77);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *bytes = sealed_of(id, sizes[i]);
        assert_false(is_content(bytes, sizes[i]) && sizes[i] > 2);
        assert_true(document_unseal(keyring, id, bytes, sizes[i]));
        assert_true(is_content(bytes, sizes[i]));
        free(bytes);
    }
    assert_int_equal(document_pieces(LIMIT_DOCUMENT_BYTES), 40);
}

#define THREE (3 * (size_t)LIMIT_DOCUMENT_CHUNK_BYTES)

static void test_a_changed_byte_is_noticed(void **state)
{
    struct uuid id = uuid_make(77);
    for (size_t at = 0; at < document_sealed_bytes(THREE); at += 65521) {
        char *bytes = sealed_of(id, THREE);
        bytes[at] = (char)(bytes[at] ^ 1);
        assert_false(document_unseal(keyring, id, bytes, THREE));
        free(bytes);
    }
}

static void test_pieces_that_are_swapped_are_noticed(void **state)
{
    static char piece[DOCUMENT_PIECE_BYTES];
    struct uuid id = uuid_make(77);
    char *bytes = sealed_of(id, THREE);
    memcpy(piece, bytes, sizeof piece);
    memcpy(bytes, bytes + sizeof piece, sizeof piece);
    memcpy(bytes + sizeof piece, piece, sizeof piece);
    assert_false(document_unseal(keyring, id, bytes, THREE));
    free(bytes);
}

static void test_pieces_that_are_missing_are_noticed(void **state)
{
    struct uuid id = uuid_make(77);
    char *bytes = sealed_of(id, THREE);
    assert_false(document_unseal(keyring, id, bytes, THREE - LIMIT_DOCUMENT_CHUNK_BYTES));
    free(bytes);
}

static void test_those_of_another_document_do_not_fit(void **state)
{
    char *bytes = sealed_of(uuid_make(77), 1000);
    assert_false(document_unseal(keyring, uuid_make(77), bytes, 1000));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_sealed_opens),
        cmocka_unit_test(test_a_changed_byte_is_noticed),
        cmocka_unit_test(test_pieces_that_are_swapped_are_noticed),
        cmocka_unit_test(test_pieces_that_are_missing_are_noticed),
        cmocka_unit_test(test_those_of_another_document_do_not_fit),
    };
    return cmocka_run_group_tests(tests, open_keys, close_keys);
}
