/* Card, certificate and telephone numbers, and names: what is taken, and how it is stored. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/card_number.h"
#include "api/identifiers/certificate_number.h"
#include "api/identifiers/credit_code.h"
#include "api/identifiers/person_name.h"
#include "api/identifiers/phone.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void cards_become_capitals(void **state)
{
    (void)state;
    char room[CARD_NUMBER_MAX];
    struct span number = {0};
    assert_true(card_number_normalise(SPAN("a12b3x"), room, &number));
    assert_true(span_equal(number, SPAN("A12B3X")));
    assert_true(card_number_normalise(SPAN("12345678901234567890"), room, &number));
    assert_false(card_number_normalise(SPAN("12345"), room, &number));
    assert_false(card_number_normalise(SPAN("123456789012345678901"), room, &number));
    assert_false(card_number_normalise(SPAN("12345-6"), room, &number));
    assert_false(card_number_normalise(SPAN("１23456"), room, &number));
}

static void certificates_are_hashed_with_their_kind(void **state)
{
    (void)state;
    char room[CERTIFICATE_NUMBER_MAX];
    char hashed[CERTIFICATE_HASHED_MAX];
    struct span number = {0};
    assert_true(certificate_number_normalise(SPAN("e1234567"), room, &number));
    assert_true(span_equal(certificate_number_hashed(SPAN("passport"), number, hashed), SPAN("passport:E1234567")));
    assert_false(certificate_number_normalise(SPAN("E12"), room, &number));
    assert_false(certificate_number_normalise(SPAN("E1 234567"), room, &number));
}

static void phones_are_digits(void **state)
{
    (void)state;
    assert_true(phone_is_valid(SPAN("1234567")));
    assert_true(phone_is_valid(SPAN("13812345678")));
    assert_false(phone_is_valid(SPAN("123456")));
    assert_false(phone_is_valid(SPAN("1234567890123456")));
    assert_false(phone_is_valid(SPAN("+8613812345678")));
}

static void names_that_look_alike_are_alike(void **state)
{
    (void)state;
    assert_true(person_name_is_valid(SPAN("张三")));
    assert_true(person_name_is_valid(SPAN("John Smith")));
    assert_true(person_name_is_valid(SPAN("阿卜杜拉·买买提")));
    assert_false(person_name_is_valid(SPAN("")));
    assert_false(person_name_is_valid(SPAN(" 张三")));
    assert_false(person_name_is_valid(SPAN("张三　")));
    assert_false(person_name_is_valid(SPAN("张\xE2\x80\x8B三")));
    assert_false(person_name_is_valid(SPAN("张\xC2\xA0三")));
    assert_false(person_name_is_valid(SPAN("张\t三")));
}

static void credit_codes_become_capitals(void **state)
{
    (void)state;
    char code[CREDIT_CODE_LENGTH];
    assert_true(credit_code_normalise(SPAN("91350100m000100y43"), code));
    assert_memory_equal(code, "91350100M000100Y43", CREDIT_CODE_LENGTH);
    assert_false(credit_code_normalise(SPAN("91350100M000100Y4"), code));
    assert_false(credit_code_normalise(SPAN("91350100-000100Y43"), code));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_become_capitals),
        cmocka_unit_test(certificates_are_hashed_with_their_kind),
        cmocka_unit_test(phones_are_digits),
        cmocka_unit_test(names_that_look_alike_are_alike),
        cmocka_unit_test(credit_codes_become_capitals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
