/* Bank cards: lengths and check digit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/bank_card.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void accepts_cards_that_check(void **state)
{
    (void)state;
    assert_true(bank_card_is_valid(SPAN("4111111111111111")));
    assert_true(bank_card_is_valid(SPAN("378282246310005")));
    assert_true(bank_card_is_valid(SPAN("6222021234567890128")));
    assert_true(bank_card_is_valid(SPAN("4222222222222")));
}

static void refuses_every_changed_digit(void **state)
{
    (void)state;
    for (size_t at = 0; at < 16; at++) {
        for (char c = '0'; c <= '9'; c++) {
            char card[] = "4111111111111111";
            if (card[at] == c) {
                continue;
            }
            card[at] = c;
            assert_false(bank_card_is_valid(span_of(card)));
        }
    }
}

static void refuses_other_forms(void **state)
{
    (void)state;
    assert_false(bank_card_is_valid(SPAN("")));
    assert_false(bank_card_is_valid(SPAN("000000000000")));         /* 12 */
    assert_false(bank_card_is_valid(SPAN("00000000000000000000"))); /* 20 */
    assert_false(bank_card_is_valid(SPAN("4111 1111 1111 1111")));
    assert_false(bank_card_is_valid(SPAN("411111111111111a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_cards_that_check),
        cmocka_unit_test(refuses_every_changed_digit),
        cmocka_unit_test(refuses_other_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
