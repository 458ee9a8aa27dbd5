/* Unified social credit codes: the published examples and their neighbours. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/credit_code.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void tells_valid_from_suspect(void **state)
{
    (void)state;
    assert_int_equal(credit_code_check(SPAN("91350100M000100Y43")), CREDIT_CODE_VALID);
    assert_int_equal(credit_code_check(SPAN("91350100M000100Y4Z")), CREDIT_CODE_MALFORMED);
    assert_int_equal(credit_code_check(SPAN("91350100M000100Y44")), CREDIT_CODE_CHECK_DIFFERS);
}

static void refuses_other_forms(void **state)
{
    (void)state;
    static const char *const malformed[] = {"",
                                            "91350100M000100Y4",
                                            "91350100M000100Y433",
                                            "91350100m000100Y43",
                                            "9135O100M000100Y43",
                                            "9135I100M000100Y43",
                                            "91350100S000100Y43",
                                            "91350100V000100Y43",
                                            "91350100M 00100Y43"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        assert_int_equal(credit_code_check(span_of(malformed[i])), CREDIT_CODE_MALFORMED);
    }
    static const char nul[18] = {'9'};
    assert_int_equal(credit_code_check((struct span){.bytes = nul, .length = sizeof nul}), CREDIT_CODE_MALFORMED);
}

static void warns_of_every_changed_character(void **state)
{
    (void)state;
    for (size_t at = 0; at < CREDIT_CODE_LENGTH; at++) {
        for (const char *c = "0123456789ABCDEFGHJKLMNPQRTUWXY"; *c != '\0'; c++) {
            char code[] = "91350100M000100Y43";
            if (code[at] == *c) {
                continue;
            }
            code[at] = *c;
            assert_int_equal(credit_code_check(span_of(code)), CREDIT_CODE_CHECK_DIFFERS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_valid_from_suspect),
        cmocka_unit_test(refuses_other_forms),
        cmocka_unit_test(warns_of_every_changed_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
