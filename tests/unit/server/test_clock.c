/* server/clock.c: the calendar, its text forms and the test clock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "tests/unit/harness.h"
#include <time.h>

static void test_every_day_of_four_centuries_against_the_c_library(void **state)
{
    for (int32_t days = date_from_civil(1899, 12, 31); days <= date_from_civil(2300, 1, 1); days++) {
        time_t seconds = (time_t)days * 86400;
        struct tm expected;
        gmtime_r(&seconds, &expected);
        int32_t year;
        int32_t month;
        int32_t day;
        date_to_civil(days, &year, &month, &day);
        assert_int_equal(year, expected.tm_year + 1900);
        assert_int_equal(month, expected.tm_mon + 1);
        assert_int_equal(day, expected.tm_mday);
        assert_int_equal(date_from_civil(year, month, day), days);
    }
}

static void test_dates(void **state)
{
    static const struct {
        const char *text;
        int32_t days;
    } good[] = {
        {"1970-01-01", 0},       {"1969-12-31", -1},      {"2000-02-29", 11016},
        {"2024-02-29", 19782},   {"2024-03-01", 19783},   {"1900-02-28", -25509},
        {"9999-12-31", 2932896}, {"0001-01-01", -719162}, {"2026-01-31", 20484},
    };
    static const char *const bad[] = {
        "",           "2023-02-29", "1900-02-29",  "2100-02-29",  "2024-02-30", "2024-04-31",
        "2024-13-01", "2024-00-10", "2024-01-00",  "2024-01-32",  "0000-01-01", "2024-1-01",
        "2024-01-1",  "2024/01/01", "20240101",    "2024-01-01 ", " 2024-01-1", "+024-01-01",
        "-024-01-01", "2024-01-0a", "2024-01-01Z", "10000-01-01",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int32_t days;
        char form[11];
        assert_true(date_parse(span_of(good[i].text), &days));
        assert_int_equal(days, good[i].days);
        date_format(days, form);
        assert_string_equal(form, good[i].text);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int32_t days;
        assert_false(date_parse(span_of(bad[i]), &days));
    }
}

static void test_months(void **state)
{
    static const char *const bad[] = {"",         "2024-00", "2024-13", "1899-12",    "2024-1",
                                      "2024-011", "2024/01", "24-01",   "2024-01-01", "10000-01"};
    static const char *const good[] = {"1900-01", "1999-12", "2024-02", "9999-12"};
    int32_t month;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(month_parse(span_of(bad[i]), &month));
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        char form[8];
        assert_true(month_parse(span_of(good[i]), &month));
        month_format(month, form);
        assert_string_equal(form, good[i]);
    }
    assert_true(month_parse(SPAN("2024-02"), &month));
    assert_int_equal(month, 2024 * 12 + 1);
}

static void test_instants(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } good[] = {
        {"1970-01-01T00:00:00Z", "1970-01-01T08:00:00.000000+08:00"},
        {"2026-01-31T09:30:00+08:00", "2026-01-31T09:30:00.000000+08:00"},
        {"2026-01-31T09:30:00.5+08:00", "2026-01-31T09:30:00.500000+08:00"},
        {"2026-01-31t09:30:00.123456789z", "2026-01-31T17:30:00.123456+08:00"},
        {"2024-02-29T23:59:59.999999-00:00", "2024-03-01T07:59:59.999999+08:00"},
        {"2023-12-31T16:00:00Z", "2024-01-01T00:00:00.000000+08:00"},
        {"2024-01-01T00:00:00+23:59", "2023-12-31T08:01:00.000000+08:00"},
        {"2024-01-01T00:00:00-12:30", "2024-01-01T20:30:00.000000+08:00"},
        {"1960-05-05T05:05:05.000001Z", "1960-05-05T13:05:05.000001+08:00"},
        {"9999-12-31T23:59:59.999999+08:00", "9999-12-31T23:59:59.999999+08:00"},
        {"0001-01-01T00:00:00+08:00", "0001-01-01T00:00:00.000000+08:00"},
    };
    static const char *const bad[] = {
        "",
        "2026-01-31",
        "2026-01-31T09:30:00",
        "2026-01-31 09:30:00Z",
        "2026-01-31T09:30Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T23:60:00Z",
        "2026-01-31T23:59:60Z",
        "2026-01-31T23:59:59.Z",
        "2026-01-31T23:59:59.1234567890Z",
        "2026-01-31T23:59:59,5Z",
        "2026-01-31T23:59:59+8:00",
        "2026-01-31T23:59:59+0800",
        "2026-01-31T23:59:59+24:00",
        "2026-01-31T23:59:59+08:60",
        "2026-01-31T23:59:59 08:00",
        "2026-01-31T23:59:59Zx",
        "2023-02-29T00:00:00Z",
        "9999-12-31T16:00:00Z",
        "0001-01-01T00:00:00+23:00",
        "2026-01-31T-1:00:00Z",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        int64_t instant_us;
        char form[33];
        assert_true(instant_parse(span_of(good[i].text), &instant_us));
        instant_format(instant_us, form);
        assert_string_equal(form, good[i].shown);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int64_t instant_us;
        assert_false(instant_parse(span_of(bad[i]), &instant_us));
    }
}

static void test_unshowable_instants_stay_in_their_buffer(void **state)
{
    char form[33];
    instant_format(INT64_MAX, form);
    assert_string_equal(form, "9999-12-31T23:59:59.999999+08:00");
    instant_format(INT64_MIN, form);
    assert_string_equal(form, "0001-01-01T00:00:00.000000+08:00");
    date_format(INT32_MAX, form);
    assert_string_equal(form, "9999-12-31");
    date_format(INT32_MIN, form);
    assert_string_equal(form, "0001-01-01");
}

static void test_the_day_begins_in_shanghai(void **state)
{
    int64_t midnight_us;
    assert_true(instant_parse(SPAN("2024-02-28T16:00:00Z"), &midnight_us));
    assert_int_equal(clock_date_of(midnight_us), date_from_civil(2024, 2, 29));
    assert_int_equal(clock_date_of(midnight_us - 1), date_from_civil(2024, 2, 28));
    assert_true(clock_instant_of_date(date_from_civil(2024, 2, 29)) == midnight_us);
    assert_int_equal(clock_date_of(-1), 0);
    assert_int_equal(clock_date_of(-INT64_C(28800000000) - 1), -1);
}

static void test_moving_business_time(void **state)
{
    int64_t moved_us = clock_instant_of_date(date_from_civil(2031, 5, 1));
    int64_t real_us = clock_real_us();
    clock_move_to_us(moved_us);
    assert_in_range(clock_business_us() - moved_us, 0, 5000000);
    assert_in_range(clock_real_us() - real_us, 0, 5000000);
    int64_t first_us = clock_business_us();
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    assert_true(clock_business_us() > first_us);
    clock_move_to_us(clock_real_us());
}

static void test_a_deployment_moves_forward_only_and_production_not_at_all(void **state)
{
    const int64_t day_us = INT64_C(86400000000);
    clock_advance_to_us(2 * day_us);
    int64_t ahead_us = clock_business_us() - clock_real_us();
    assert_in_range(ahead_us, 2 * day_us - 5000000, 2 * day_us + 5000000);
    clock_advance_to_us(day_us);
    assert_true(clock_advanced_us() == 2 * day_us);
    clock_fix();
    clock_advance_to_us(3 * day_us);
    assert_true(clock_advanced_us() == 2 * day_us);
}

static void test_monotonic_time_grows(void **state)
{
    int64_t first_us = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= first_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_of_four_centuries_against_the_c_library),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_months),
        cmocka_unit_test(test_instants),
        cmocka_unit_test(test_unshowable_instants_stay_in_their_buffer),
        cmocka_unit_test(test_the_day_begins_in_shanghai),
        cmocka_unit_test(test_moving_business_time),
        cmocka_unit_test(test_a_deployment_moves_forward_only_and_production_not_at_all),
        cmocka_unit_test(test_monotonic_time_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
