/* Months, dates, amounts and texts of import files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/harness.h"

#include "cli/import/parse.h"
#include "server/clock.h"
#include <string.h>

static struct row_context context;
static struct row row = {.context = &context};
static const struct column any_column = {"any", "", true, NULL, NULL, NULL};

static enum fault_code parse(column_parser parser, const char *text, struct cell *cell)
{
    *cell = (struct cell){0};
    row.scratch_used = 0;
    context.business_date = date_from_civil(2026, 6, 15);
    return parser(&row, &any_column, span_of(text), cell);
}

static void test_period(void **state)
{
    static const struct {
        const char *text;
        int year;
        int month;
        bool is_year;
    } good[] = {
        {"2026-03", 2026, 3, false},     {"202603", 2026, 3, false}, {"2026年3月", 2026, 3, false},
        {"2026年12月", 2026, 12, false}, {"2026", 2026, 1, true},    {"2026年", 2026, 1, true},
    };
    static const char *const bad[] = {
        "2026-3", "2026-13", "2026-00",     "26-03",   "2026/03",  "2026-03-01", "2026年3", "2026年123月",
        "20260",  "2026 03", "２０２６-03", "-202603", "2026年月", "2026年3月x", "+02603",  "99999999999999"};
    struct cell cell;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_int_equal(parse(parse_period, good[i].text, &cell), FAULT_NONE);
        assert_int_equal(cell.number, date_from_civil(good[i].year, good[i].month, 1));
        assert_int_equal(period_is_year(&cell), good[i].is_year);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(parse(parse_period, bad[i], &cell), FAULT_MONTH_MALFORMED);
    }
    assert_int_equal(parse(parse_period, "1949-12", &cell), FAULT_MONTH_OUT_OF_RANGE);
}

static void test_date(void **state)
{
    struct cell cell;
    assert_int_equal(parse(parse_past_date, "2024-02-29", &cell), FAULT_NONE);
    assert_int_equal(cell.number, date_from_civil(2024, 2, 29));
    assert_int_equal(parse(parse_past_date, "20240229", &cell), FAULT_NONE);
    assert_int_equal(cell.number, date_from_civil(2024, 2, 29));
    assert_int_equal(parse(parse_past_date, "2026-06-15", &cell), FAULT_NONE);
    assert_int_equal(parse(parse_past_date, "2026-06-16", &cell), FAULT_DATE_IN_FUTURE);
    assert_int_equal(parse(parse_past_date, "1949-12-31", &cell), FAULT_DATE_OUT_OF_RANGE);
    static const char *const bad[] = {"2025-02-29", "20250229", "2025-2-1", "2025/02/01",
                                      "2025-02",    "x",        "2025021",  "9999999x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(parse(parse_past_date, bad[i], &cell), FAULT_DATE_MALFORMED);
    }
}

static void test_amounts(void **state)
{
    struct cell cell;
    assert_int_equal(parse(parse_amount, "1234.5", &cell), FAULT_NONE);
    assert_int_equal(cell.number, 123450);
    assert_int_equal(parse(parse_amount, "100000000", &cell), FAULT_NONE);
    assert_int_equal(parse(parse_amount, "100000000.01", &cell), FAULT_AMOUNT_OUT_OF_RANGE);
    assert_int_equal(parse(parse_amount, "9223372036854775808", &cell), FAULT_AMOUNT_OUT_OF_RANGE);
    assert_int_equal(parse(parse_amount, "0.001", &cell), FAULT_AMOUNT_TOO_PRECISE);
    assert_int_equal(parse(parse_amount, "1e3", &cell), FAULT_AMOUNT_MALFORMED);
    assert_int_equal(parse(parse_amount, "-1", &cell), FAULT_AMOUNT_NEGATIVE);
    assert_int_equal(parse(parse_signed_amount, "-1", &cell), FAULT_NONE);
    assert_int_equal(cell.number, -100);
}

static void test_texts(void **state)
{
    struct cell cell;
    assert_int_equal(parse(parse_text, "单据 12-3/A", &cell), FAULT_NONE);
    assert_int_equal(parse(parse_text, "a\nb", &cell), FAULT_TEXT_MALFORMED);
    assert_int_equal(parse(parse_text, "a\x7F", &cell), FAULT_TEXT_MALFORMED);
    assert_int_equal(parse(parse_text, "a\xC2\x85", &cell), FAULT_TEXT_MALFORMED);
    assert_int_equal(parse(parse_text, "\xC2\xA0", &cell), FAULT_TEXT_MALFORMED); /* invisible */
    char text[130] = "";
    memset(text, 'x', 129);
    assert_int_equal(parse(parse_text, text, &cell), FAULT_TEXT_TOO_LONG);
}

static void test_codes(void **state)
{
    struct cell cell;
    assert_int_equal(parse(parse_pool, "620500", &cell), FAULT_NONE);
    assert_int_equal(parse(parse_pool, "62050", &cell), FAULT_POOL_MALFORMED);
    assert_int_equal(parse(parse_pool, "62050x", &cell), FAULT_POOL_MALFORMED);
    assert_int_equal(parse(parse_employer_code, "91350100m000100y43", &cell), FAULT_NONE);
    assert_span_equal(cell.bytes, "91350100M000100Y43");
    assert_int_equal(cell.number, 1);
    assert_int_equal(parse(parse_employer_code, "91350100M000100Y4Z", &cell), FAULT_EMPLOYER_CODE_CHECK);
    assert_true(cell.is_set && cell.number == 0);
    assert_int_equal(parse(parse_employer_code, "91350100M000100Y4", &cell), FAULT_EMPLOYER_CODE_MALFORMED);
    assert_false(cell.is_set);
    assert_int_equal(parse(parse_employer_code, "91350100M000100Y中", &cell), FAULT_EMPLOYER_CODE_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_period), cmocka_unit_test(test_date),  cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_texts),  cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
