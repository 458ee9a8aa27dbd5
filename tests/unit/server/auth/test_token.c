/* Token text: form, check digits, hash. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/token.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* The CRC-32 comes from another implementation (zlib's). */
static const char known[] = "yb_s_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_1d229a0c";

static void makes_what_it_recognises(void **state)
{
    (void)state;
    static const enum principal_kind kinds[] = {PRINCIPAL_CITIZEN, PRINCIPAL_CLIENT, PRINCIPAL_STAFF};
    for (size_t i = 0; i < 3; i++) {
        char text[TOKEN_TEXT_LENGTH + 1];
        enum principal_kind kind = PRINCIPAL_ANONYMOUS;
        assert_true(token_make(kinds[i], text));
        assert_int_equal(strlen(text), TOKEN_TEXT_LENGTH);
        assert_true(token_check(span_of(text), &kind));
        assert_int_equal(kind, kinds[i]);
    }
    char text[TOKEN_TEXT_LENGTH + 1];
    assert_false(token_make(PRINCIPAL_ANONYMOUS, text));
}

static void a_refresh_token_is_no_bearer_token(void **state)
{
    (void)state;
    char text[TOKEN_TEXT_LENGTH + 1];
    enum principal_kind kind = PRINCIPAL_ANONYMOUS;
    assert_true(token_make_refresh(text));
    assert_int_equal(strlen(text), TOKEN_TEXT_LENGTH);
    assert_memory_equal(text, "yb_r_", 5);
    assert_true(token_check_refresh(span_of(text)));
    assert_false(token_check(span_of(text), &kind));
    text[TOKEN_TEXT_LENGTH - 1] ^= 1;
    assert_false(token_check_refresh(span_of(text)));
    for (enum principal_kind one = PRINCIPAL_CITIZEN; one <= PRINCIPAL_STAFF; one++) {
        assert_true(token_make(one, text));
        assert_false(token_check_refresh(span_of(text)));
    }
}

static void makes_a_new_one_each_time(void **state)
{
    (void)state;
    char first[TOKEN_TEXT_LENGTH + 1];
    char second[TOKEN_TEXT_LENGTH + 1];
    assert_true(token_make(PRINCIPAL_STAFF, first) && token_make(PRINCIPAL_STAFF, second));
    assert_string_not_equal(first, second);
}

static void checks_like_zlib(void **state)
{
    (void)state;
    enum principal_kind kind = PRINCIPAL_ANONYMOUS;
    assert_true(token_check(SPAN(known), &kind));
    assert_int_equal(kind, PRINCIPAL_STAFF);
}

static void refuses_any_changed_character(void **state)
{
    (void)state;
    for (size_t at = 0; at < TOKEN_TEXT_LENGTH; at++) {
        for (int c = 0; c < 256; c++) {
            char text[TOKEN_TEXT_LENGTH];
            memcpy(text, known, TOKEN_TEXT_LENGTH);
            if (text[at] == (char)c) {
                continue;
            }
            text[at] = (char)c;
            enum principal_kind kind;
            assert_false(token_check((struct span){.bytes = text, .length = sizeof text}, &kind));
        }
    }
}

static void refuses_other_lengths(void **state)
{
    (void)state;
    enum principal_kind kind;
    for (size_t length = 0; length < TOKEN_TEXT_LENGTH; length++) {
        assert_false(token_check((struct span){.bytes = known, .length = length}, &kind));
    }
    assert_false(token_check((struct span){.bytes = known, .length = sizeof known}, &kind));
    assert_false(token_check((struct span){0}, &kind));
}

static void hashes_with_sha256(void **state)
{
    (void)state;
    static const uint8_t expected[4] = {0xba, 0x78, 0x16, 0xbf}; /* SHA-256("abc") */
    uint8_t hash[TOKEN_HASH_BYTES];
    assert_true(token_hash(SPAN("abc"), hash));
    assert_memory_equal(hash, expected, sizeof expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_what_it_recognises),
        cmocka_unit_test(a_refresh_token_is_no_bearer_token),
        cmocka_unit_test(makes_a_new_one_each_time),
        cmocka_unit_test(checks_like_zlib),
        cmocka_unit_test(refuses_any_changed_character),
        cmocka_unit_test(refuses_other_lengths),
        cmocka_unit_test(hashes_with_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
