/* Masks: the examples of the domain, and what is not of the usual form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mask.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void check(struct span (*mask)(struct span, char[MASK_BYTES]), const char *plain, const char *expected)
{
    char out[MASK_BYTES];
    struct span masked = mask(span_of(plain), out);
    assert_true(span_equal(masked, span_of(expected)));
}

static void hides_citizen_numbers(void **state)
{
    (void)state;
    check(mask_citizen_number, "11010519491231002X", "110105********002X");
    check(mask_citizen_number, "E12345678", "****78");
    check(mask_citizen_number, "12345", "****");
    check(mask_citizen_number, "", "");
}

static void hides_names(void **state)
{
    (void)state;
    check(mask_name, "张三", "张*");
    check(mask_name, "欧阳娜娜", "欧*");
    check(mask_name, "张", "*");
    check(mask_name, "𠮷田", "𠮷*");
    check(mask_name, "Li", "L*");
    check(mask_name, "", "");
}

static void hides_phones(void **state)
{
    (void)state;
    check(mask_phone, "13812345678", "138****5678");
    check(mask_phone, "009385551234567", "****4567");
    check(mask_phone, "12393", "****");
    check(mask_phone, "", "");
}

static void hides_bank_cards(void **state)
{
    (void)state;
    check(mask_bank_card, "6222021234567890128", "0128");
    check(mask_bank_card, "1234", "****");
    check(mask_bank_card, "", "");
}

/* Whatever is sealed, its mask fits and shows at most ten characters of it. */
static void fits_for_every_length(void **state)
{
    (void)state;
    static struct span (*const masks[])(struct span, char[MASK_BYTES]) = {mask_citizen_number, mask_name, mask_phone,
                                                                          mask_bank_card};
    char plain[600];
    memset(plain, 'x', sizeof plain);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        for (size_t length = 0; length <= sizeof plain; length++) {
            char out[MASK_BYTES];
            struct span masked = masks[i]((struct span){.bytes = plain, .length = length}, out);
            size_t shown = 0;
            for (size_t at = 0; at < masked.length; at++) {
                shown += masked.bytes[at] == 'x';
            }
            assert_true(masked.length <= MASK_BYTES);
            assert_true(shown <= 10 && (length == 0 || shown < length));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_citizen_numbers), cmocka_unit_test(hides_names),
        cmocka_unit_test(hides_phones),          cmocka_unit_test(hides_bank_cards),
        cmocka_unit_test(fits_for_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
