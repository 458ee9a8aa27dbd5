/* The resident scheme: 1, 2, 4 and 5 broken years, repaired ones, the window, newborns (docs/coverage.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/resident.h"
#include "server/clock.h"
#include "tests/unit/harness.h"

#define PERIODS 20

static struct coverage_resident_rule rule;
static struct coverage_period periods[PERIODS];
static struct coverage_history history;
static struct coverage_gap gaps[PERIODS + 1];
static struct coverage_answer answer = {.gaps = gaps};

static int start(void **state)
{
    (void)state;
    rule = (struct coverage_resident_rule){.first_counted_year = 2025,
                                           .fixed_wait_months = 3,
                                           .variable_wait_months = 1,
                                           .repaired_wait_months = 1,
                                           .long_break_years = 4,
                                           .long_break_wait_months = 6,
                                           .newborn_days = 90,
                                           .switch_gap_months = 3,
                                           .window_opens_month = -3,
                                           .window_opens_day = 1};
    history = (struct coverage_history){.periods = periods};
    history.person = (struct coverage_person){
        .birth_date = date_from_civil(1980, 1, 1), .deceased_on = COVERAGE_NONE, .retired_on = COVERAGE_NONE};
    return 0;
}

static void pay(int32_t year, int32_t paid_on)
{
    periods[history.periods_count++] =
        (struct coverage_period){.month = 12 * year, .scheme = COVERAGE_RESIDENT, .paid_on = paid_on};
}

static void ask(int32_t year, int32_t month, int32_t day)
{
    resident_answer(&history, &rule, date_from_civil(year, month, day), &answer);
}

/* Paid for 2025, then so many years not, then again in the window; so many of them paid when it began. */
static void check_wait(int32_t broken, int32_t repaired, int32_t wait)
{
    start(NULL);
    int32_t back = 2026 + broken;
    pay(2025, date_from_civil(2024, 11, 18));
    pay(back, date_from_civil(back - 1, 11, 18));
    for (int32_t i = 0; i < repaired; i++) {
        pay(2026 + i, date_from_civil(back, 1, 1));
    }
    ask(back, 1, 1);
    assert_int_equal(answer.benefits.status, wait == 0 ? COVERAGE_COVERED : COVERAGE_WAITING);
    assert_int_equal(answer.benefits.waiting_months, wait);
    assert_int_equal(answer.benefits.starts_on, wait == 0 ? COVERAGE_NONE : date_from_civil(back, 1 + wait, 1));
    assert_int_equal(answer.gaps_count, broken == 0 ? 0 : 1);
}

static void broken_years(void **state)
{
    (void)state;
    check_wait(0, 0, 0);
    check_wait(1, 0, 3);
    check_wait(2, 0, 4);
    check_wait(4, 0, 6);
    check_wait(5, 0, 7);
}

static void repaired_years(void **state)
{
    (void)state;
    check_wait(1, 1, 3);
    check_wait(2, 1, 3);
    check_wait(2, 2, 3);
    check_wait(4, 1, 6);
    check_wait(5, 1, 6);
    check_wait(5, 5, 6);
}

static void missed_window(void **state)
{
    (void)state;
    pay(2025, COVERAGE_IN_TIME);
    pay(2026, date_from_civil(2026, 3, 15));
    ask(2026, 5, 31);
    assert_int_equal(answer.benefits.status, COVERAGE_WAITING);
    assert_int_equal(answer.benefits.starts_on, date_from_civil(2026, 6, 1));
    ask(2026, 2, 28);
    assert_int_equal(answer.benefits.status, COVERAGE_STOPPED);
}

static void newborn(void **state)
{
    (void)state;
    history.person.birth_date = date_from_civil(2026, 3, 5);
    pay(2026, history.person.birth_date + 90);
    ask(2026, 6, 20);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
    assert_int_equal(answer.benefits.since, history.person.birth_date);
    periods[0].paid_on++;
    ask(2026, 6, 20);
    assert_int_equal(answer.benefits.status, COVERAGE_WAITING);
}

static void listed_group(void **state)
{
    (void)state;
    rule.exempts_person = true;
    pay(2025, COVERAGE_IN_TIME);
    pay(2030, date_from_civil(2030, 5, 15));
    ask(2030, 5, 15);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
}

static void repair_of_the_day_on_which_it_ends_the_wait(void **state)
{
    (void)state;
    pay(2025, COVERAGE_IN_TIME);
    pay(2029, COVERAGE_IN_TIME);
    pay(2026, date_from_civil(2029, 5, 10)); /* of a wait to 1 June, with it to 1 May */
    ask(2029, 5, 9);
    assert_int_equal(answer.benefits.status, COVERAGE_WAITING);
    ask(2029, 5, 10);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(broken_years, start),
        cmocka_unit_test_setup(repaired_years, start),
        cmocka_unit_test_setup(missed_window, start),
        cmocka_unit_test_setup(newborn, start),
        cmocka_unit_test_setup(listed_group, start),
        cmocka_unit_test_setup(repair_of_the_day_on_which_it_ends_the_wait, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
