/* Yuan and fen: every form, every limit. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/money.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

static void reads_yuan(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t amount_fen;
    } cases[] = {
        {"0", 0},
        {"0.00", 0},
        {"-0", 0},
        {"400", 40000},
        {"400.5", 40050},
        {"400.05", 40005},
        {"0.01", 1},
        {"-0.01", -1},
        {"1.10", 110},
        {"0.29", 29},
        {"1.15", 115},
        {"0012.30", 1230},
        {"9007199254740993.01", 900719925474099301},
        {"92233720368547758.07", INT64_MAX},
        {"-92233720368547758.08", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t amount_fen = 7;
        assert_int_equal(money_parse_yuan(span_of(cases[i].text), &amount_fen), MONEY_VALID);
        assert_true(amount_fen == cases[i].amount_fen);
    }
}

static void refuses_what_is_no_amount(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum money_status status;
    } cases[] = {
        {"", MONEY_MALFORMED},
        {"-", MONEY_MALFORMED},
        {".", MONEY_MALFORMED},
        {".5", MONEY_MALFORMED},
        {"5.", MONEY_MALFORMED},
        {"+5", MONEY_MALFORMED},
        {"--5", MONEY_MALFORMED},
        {" 5", MONEY_MALFORMED},
        {"5 ", MONEY_MALFORMED},
        {"1,000.00", MONEY_MALFORMED},
        {"1e3", MONEY_MALFORMED},
        {"0x10", MONEY_MALFORMED},
        {"5.0.0", MONEY_MALFORMED},
        {"5.-1", MONEY_MALFORMED},
        {"nan", MONEY_MALFORMED},
        {"１２", MONEY_MALFORMED},
        {"￥5", MONEY_MALFORMED},
        {"1.001", MONEY_TOO_PRECISE},
        {"1.000", MONEY_TOO_PRECISE},
        {"92233720368547758.08", MONEY_OUT_OF_RANGE},
        {"-92233720368547758.09", MONEY_OUT_OF_RANGE},
        {"99999999999999999999999999", MONEY_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t amount_fen = 7;
        assert_int_equal(money_parse_yuan(span_of(cases[i].text), &amount_fen), cases[i].status);
        assert_true(amount_fen == 7);
    }
}

static void writes_yuan(void **state)
{
    (void)state;
    static const struct {
        int64_t amount_fen;
        const char *text;
    } cases[] = {
        {0, "0.00"},
        {5, "0.05"},
        {-5, "-0.05"},
        {40050, "400.50"},
        {-12345, "-123.45"},
        {INT64_MAX, "92233720368547758.07"},
        {INT64_MIN, "-92233720368547758.08"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[MONEY_TEXT_BYTES];
        money_format_yuan(cases[i].amount_fen, text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_yuan),
        cmocka_unit_test(refuses_what_is_no_amount),
        cmocka_unit_test(writes_yuan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
