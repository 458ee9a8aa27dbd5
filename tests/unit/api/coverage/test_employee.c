/* The employee scheme: gaps of 0, 1, 3 and 4 months, open ones, deadlines, bridging (docs/coverage.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/employee.h"
#include "server/clock.h"
#include "tests/unit/harness.h"

#define MONTH(year, month) (12 * (year) + (month)-1)
#define PERIODS 200

static const struct coverage_employee_rule rule = {
    .back_payable_gap_months = 3, .waiting_months = 6, .bridge_min_continuous_months = 24, .deemed_record_months = 12};
static struct coverage_period periods[PERIODS];
static struct coverage_history history;
static struct coverage_gap gaps[PERIODS + 1];
static struct coverage_answer answer = {.gaps = gaps};
static struct timeline scratch;

static int start(void **state)
{
    (void)state;
    history = (struct coverage_history){.periods = periods};
    history.person = (struct coverage_person){.deceased_on = COVERAGE_NONE, .retired_on = COVERAGE_NONE};
    return 0;
}

static void pay(int32_t from, int32_t to)
{
    for (int32_t month = from; month <= to; month++) {
        periods[history.periods_count++] = (struct coverage_period){.month = month, .paid_on = COVERAGE_IN_TIME};
    }
}

static void back_pay(int32_t from, int32_t to, int32_t day)
{
    size_t first = history.periods_count;
    pay(from, to);
    for (size_t i = first; i < history.periods_count; i++) {
        periods[i].paid_on = day;
    }
}

static void ask(const struct coverage_employee_rule *by, int32_t year, int32_t month, int32_t day)
{
    employee_answer(&history, by, date_from_civil(year, month, day), &scratch, &answer);
}

static void gap_0(void **state)
{
    (void)state;
    pay(MONTH(2024, 1), MONTH(2026, 8));
    ask(&rule, 2026, 8, 10);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
    assert_int_equal(answer.benefits.since, date_from_civil(2024, 1, 1));
    assert_int_equal(answer.gaps_count, 0);
}

static void check_closed_gap(int32_t length, enum coverage_status status, int32_t starts_on)
{
    pay(MONTH(2024, 1), MONTH(2025, 5));
    pay(MONTH(2025, 6) + length, MONTH(2025, 12));
    int32_t resumed = MONTH(2025, 6) + length;
    ask(&rule, resumed / 12, resumed % 12 + 1, 1);
    assert_int_equal(answer.gaps_count, 1);
    assert_int_equal(gaps[0].length, length);
    assert_int_equal(gaps[0].can_back_pay, length <= 3);
    assert_int_equal(gaps[0].back_pay_until, COVERAGE_NONE);
    assert_int_equal(answer.benefits.status, status);
    assert_int_equal(answer.benefits.starts_on, starts_on);
}

static void gap_1(void **state)
{
    (void)state;
    check_closed_gap(1, COVERAGE_COVERED, COVERAGE_NONE);
}

static void gap_3(void **state)
{
    (void)state;
    check_closed_gap(3, COVERAGE_COVERED, COVERAGE_NONE);
}

static void gap_4(void **state)
{
    (void)state;
    check_closed_gap(4, COVERAGE_WAITING, date_from_civil(2026, 4, 1));
}

static void open_gap(void **state)
{
    (void)state;
    pay(MONTH(2024, 1), MONTH(2026, 5));
    ask(&rule, 2026, 9, 30);
    assert_int_equal(answer.benefits.status, COVERAGE_STOPPED);
    assert_int_equal(answer.benefits.since, date_from_civil(2026, 6, 1));
    assert_true(gaps[0].is_open);
    assert_int_equal(gaps[0].length, 3);
    assert_int_equal(gaps[0].back_pay_until, date_from_civil(2026, 9, 30));
    assert_int_equal(answer.payment.benefits_from_with_back_payment, date_from_civil(2026, 6, 1));
    ask(&rule, 2026, 10, 1);
    assert_int_equal(gaps[0].length, 4);
    assert_false(gaps[0].can_back_pay);
    assert_int_equal(answer.payment.benefits_from, date_from_civil(2027, 4, 1));
    assert_int_equal(answer.payment.benefits_from_with_back_payment, COVERAGE_NONE);
}

static void current_month_before_and_after_its_deadline(void **state)
{
    (void)state;
    struct coverage_employee_rule early = rule;
    early.payment_deadline_day = 15;
    pay(MONTH(2026, 1), MONTH(2026, 7));
    ask(&early, 2026, 8, 15);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
    assert_int_equal(answer.gaps_count, 0);
    ask(&early, 2026, 8, 16);
    assert_int_equal(answer.benefits.status, COVERAGE_STOPPED);
    assert_int_equal(gaps[0].length, 1);
}

/* So many months, 12 in the resident scheme, and employee months again. */
static void interrupt_after(int32_t months)
{
    pay(MONTH(2025, 1) - months, MONTH(2024, 12));
    periods[history.periods_count++] = (struct coverage_period){
        .month = MONTH(2025, 1), .scheme = COVERAGE_RESIDENT, .paid_on = date_from_civil(2024, 11, 18)};
    pay(MONTH(2026, 1), MONTH(2026, 3));
    ask(&rule, 2026, 3, 10);
}

static void bridged_by_the_resident_scheme(void **state)
{
    (void)state;
    interrupt_after(24);
    assert_int_equal(answer.benefits.status, COVERAGE_COVERED);
    assert_int_equal(answer.gaps_count, 0);
}

static void not_bridged_after_less_than_two_years(void **state)
{
    (void)state;
    interrupt_after(23);
    assert_int_equal(answer.benefits.status, COVERAGE_WAITING);
    assert_int_equal(gaps[0].length, 12);
}

static void back_paid_on_the_last_day_and_a_day_later(void **state)
{
    (void)state;
    pay(MONTH(2024, 1), MONTH(2025, 5));
    back_pay(MONTH(2025, 6), MONTH(2025, 8), date_from_civil(2025, 9, 30));
    pay(MONTH(2025, 9), MONTH(2025, 12));
    ask(&rule, 2025, 12, 10);
    assert_int_equal(answer.benefits.since, date_from_civil(2024, 1, 1));
    assert_int_equal(answer.gaps_count, 0);
    start(NULL);
    pay(MONTH(2024, 1), MONTH(2025, 5));
    back_pay(MONTH(2025, 6), MONTH(2025, 9), date_from_civil(2025, 10, 1));
    pay(MONTH(2025, 10), MONTH(2025, 12));
    ask(&rule, 2025, 12, 10);
    assert_int_equal(answer.benefits.starts_on, date_from_civil(2026, 4, 1));
    assert_int_equal(gaps[0].missing, 0);
}

static void gaps_may_be_counted_only(void **state)
{
    (void)state;
    pay(MONTH(2024, 1), MONTH(2024, 1));
    pay(MONTH(2024, 3), MONTH(2024, 3));
    struct coverage_answer counted = {0};
    employee_answer(&history, &rule, date_from_civil(2024, 12, 31), &scratch, &counted);
    assert_int_equal(counted.gaps_count, 2);
}

/* The first and last years that periods may have, and days outside them. */
static void ends_of_the_calendar(void **state)
{
    (void)state;
    pay(MONTH(1899, 12), MONTH(1900, 2));
    pay(MONTH(2199, 11), MONTH(2200, 1));
    history.person.retired_on = date_from_civil(1890, 1, 1);
    ask(&rule, 2100, 12, 31);
    history.person.retired_on = COVERAGE_NONE;
    back_pay(MONTH(1950, 1), MONTH(1950, 3), date_from_civil(9999, 12, 31));
    ask(&rule, 2100, 12, 31);
    assert_int_equal(answer.benefits.status, COVERAGE_STOPPED);
    assert_int_equal(gaps[0].from, MONTH(1900, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(gap_0, start),
        cmocka_unit_test_setup(gap_1, start),
        cmocka_unit_test_setup(gap_3, start),
        cmocka_unit_test_setup(gap_4, start),
        cmocka_unit_test_setup(open_gap, start),
        cmocka_unit_test_setup(current_month_before_and_after_its_deadline, start),
        cmocka_unit_test_setup(bridged_by_the_resident_scheme, start),
        cmocka_unit_test_setup(not_bridged_after_less_than_two_years, start),
        cmocka_unit_test_setup(back_paid_on_the_last_day_and_a_day_later, start),
        cmocka_unit_test_setup(gaps_may_be_counted_only, start),
        cmocka_unit_test_setup(ends_of_the_calendar, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
