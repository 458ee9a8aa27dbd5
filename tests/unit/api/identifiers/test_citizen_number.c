/* Citizen numbers: the published examples, and every mistyped digit of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/citizen_number.h"
#include "server/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static const char *const valid[] = {"11010519491231002X", "34052419800101001X", "440524188001010014"};

static enum citizen_number_status parse(const char *text)
{
    struct citizen_number number;
    return citizen_number_parse(span_of(text), &number);
}

static void reads_valid_numbers(void **state)
{
    (void)state;
    struct citizen_number number;
    assert_int_equal(citizen_number_parse(span_of(valid[0]), &number), CITIZEN_NUMBER_VALID);
    assert_string_equal(number.text, valid[0]);
    assert_int_equal(number.birth_date, date_from_civil(1949, 12, 31));
    assert_false(number.is_male);
    assert_int_equal(citizen_number_parse(span_of(valid[1]), &number), CITIZEN_NUMBER_VALID);
    assert_true(number.is_male);
    assert_int_equal(citizen_number_parse(span_of(valid[2]), &number), CITIZEN_NUMBER_VALID);
    assert_int_equal(number.birth_date, date_from_civil(1880, 1, 1));
}

static void stores_a_capital_x(void **state)
{
    (void)state;
    struct citizen_number number;
    assert_int_equal(citizen_number_parse(SPAN("11010519491231002x"), &number), CITIZEN_NUMBER_VALID);
    assert_string_equal(number.text, "11010519491231002X");
}

static void brings_fifteen_digits_to_eighteen(void **state)
{
    (void)state;
    struct citizen_number number;
    assert_int_equal(citizen_number_parse(SPAN("110105491231002"), &number), CITIZEN_NUMBER_VALID);
    assert_string_equal(number.text, "11010519491231002X");
    assert_int_equal(parse("110105491331002"), CITIZEN_NUMBER_DATE_INVALID);
    assert_int_equal(parse("11010549123100X"), CITIZEN_NUMBER_MALFORMED);
}

static void refuses_every_changed_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        for (size_t at = 0; at < CITIZEN_NUMBER_LENGTH; at++) {
            for (const char *c = "0123456789X"; *c != '\0'; c++) {
                char changed[CITIZEN_NUMBER_LENGTH + 1];
                strcpy(changed, valid[i]);
                if (changed[at] == *c) {
                    continue;
                }
                changed[at] = *c;
                assert_int_not_equal(parse(changed), CITIZEN_NUMBER_VALID);
            }
        }
    }
}

static void judges_form_before_date_before_check(void **state)
{
    (void)state;
    assert_int_equal(parse(""), CITIZEN_NUMBER_MALFORMED);
    assert_int_equal(parse("1101051949123100"), CITIZEN_NUMBER_MALFORMED);
    assert_int_equal(parse("11010519491231002Y"), CITIZEN_NUMBER_MALFORMED);
    assert_int_equal(parse(" 1010519491231002X"), CITIZEN_NUMBER_MALFORMED);
    assert_int_equal(parse("110105194912310020X"), CITIZEN_NUMBER_MALFORMED);
    assert_int_equal(parse("110105194902290021"), CITIZEN_NUMBER_DATE_INVALID);
    assert_int_equal(parse("110105194900310021"), CITIZEN_NUMBER_DATE_INVALID);
    assert_int_equal(parse("110105194912310021"), CITIZEN_NUMBER_CHECK_DIFFERS);
}

static void accepts_abolished_regions(void **state)
{
    (void)state;
    char number[CITIZEN_NUMBER_LENGTH + 1] = "99999919900101001";
    number[17] = citizen_number_check(number);
    assert_int_equal(parse(number), CITIZEN_NUMBER_VALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_valid_numbers),
        cmocka_unit_test(stores_a_capital_x),
        cmocka_unit_test(brings_fifteen_digits_to_eighteen),
        cmocka_unit_test(refuses_every_changed_character),
        cmocka_unit_test(judges_form_before_date_before_check),
        cmocka_unit_test(accepts_abolished_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
