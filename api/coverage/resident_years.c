/* The resident scheme year by year: paid when, broken or not, and from when a paid year gives benefits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/resident_years.h"
#include "api/coverage/calendar.h"

static bool is_known(int32_t year)
{
    return year >= COVERAGE_FIRST_YEAR && year < COVERAGE_FIRST_YEAR + COVERAGE_YEARS;
}

static int32_t paid_on(const struct resident_years *years, int32_t year)
{
    return is_known(year) ? years->paid_on[year - COVERAGE_FIRST_YEAR] : COVERAGE_NONE;
}

static void add_period(struct resident_years *years, const struct coverage_period *period)
{
    int32_t year = period->month / 12;
    int32_t *stored = &years->paid_on[year - COVERAGE_FIRST_YEAR];
    if (period->scheme == COVERAGE_EMPLOYEE) {
        years->has_employee[year - COVERAGE_FIRST_YEAR] |= !period->is_deemed;
    } else if (*stored == COVERAGE_NONE || period->paid_on < *stored) {
        *stored = period->paid_on; /* COVERAGE_IN_TIME is smaller than any day */
    }
    if (years->first_member_year == COVERAGE_NONE || year < years->first_member_year) {
        years->first_member_year = year;
    }
}

void resident_years_build(struct resident_years *years, const struct coverage_history *history,
                          const struct coverage_resident_rule *rule)
{
    *years = (struct resident_years){.history = history, .rule = rule, .first_member_year = COVERAGE_NONE};
    for (int i = 0; i < COVERAGE_YEARS; i++) {
        years->paid_on[i] = COVERAGE_NONE;
    }
    for (size_t i = 0; i < history->periods_count; i++) {
        if (is_known(history->periods[i].month / 12)) {
            add_period(years, &history->periods[i]);
        }
    }
    if (history->person.retired_on != COVERAGE_NONE) {
        int32_t retired = month_of_day(history->person.retired_on) / 12;
        for (int32_t year = later(retired, COVERAGE_FIRST_YEAR); is_known(year); year++) {
            years->has_employee[year - COVERAGE_FIRST_YEAR] = true;
        }
    }
}

bool resident_is_paid(const struct resident_years *years, int32_t year)
{
    return paid_on(years, year) != COVERAGE_NONE;
}

bool resident_is_paid_within(const struct resident_years *years, int32_t year)
{
    return resident_is_paid(years, year) && paid_on(years, year) < month_first_day(12 * (year + 1));
}

bool resident_is_insured(const struct resident_years *years, int32_t year)
{
    return resident_is_paid_within(years, year) || (is_known(year) && years->has_employee[year - COVERAGE_FIRST_YEAR]);
}

int32_t resident_window_opens(const struct coverage_resident_rule *rule, int32_t year)
{
    return month_day(12 * year + rule->window_opens_month - 1, rule->window_opens_day);
}

int32_t resident_window_closes(const struct coverage_resident_rule *rule, int32_t year)
{
    return month_day(12 * year + rule->window_closes_month - 1, rule->window_closes_day);
}

/* docs/rules.md 2: "a broken year", "years up to 2024 do not count as broken"; none before somebody was a member. */
int32_t resident_broken_before(const struct resident_years *years, int32_t year)
{
    int32_t broken = 0;
    while (year - broken - 1 >= years->rule->first_counted_year && !resident_is_insured(years, year - broken - 1)) {
        broken++;
    }
    bool was_member = years->first_member_year != COVERAGE_NONE && years->first_member_year < year - broken;
    return was_member ? broken : 0;
}

/* docs/rules.md 2: "each missed year paid later". */
static int32_t repaired_by(const struct resident_years *years, int32_t year, int32_t broken, int32_t day)
{
    int32_t repaired = 0;
    for (int32_t earlier = year - broken; earlier < year; earlier++) {
        repaired += resident_is_paid(years, earlier) && paid_on(years, earlier) <= day;
    }
    return repaired;
}

int32_t resident_newborn_until(const struct resident_years *years)
{
    return years->history->person.birth_date + years->rule->newborn_days;
}

static bool is_newborn(const struct resident_years *years, int32_t day)
{
    return day != COVERAGE_IN_TIME && day >= years->history->person.birth_date && day <= resident_newborn_until(years);
}

/* Data of the rule, one of the "listed groups": whoever left the employee scheme not long ago could not pay before. */
static bool is_switched(const struct resident_years *years, int32_t day)
{
    int32_t month = month_of_day(day);
    for (size_t i = 0; years->rule->switch_gap_months != COVERAGE_NONE && i < years->history->periods_count; i++) {
        const struct coverage_period *period = &years->history->periods[i];
        int32_t gap = month - period->month - 1;
        if (period->scheme == COVERAGE_EMPLOYEE && !period->is_deemed && gap >= -1 &&
            gap <= years->rule->switch_gap_months) {
            return true;
        }
    }
    return false;
}

struct resident_wait resident_wait_of(const struct coverage_resident_rule *rule, int32_t broken, int32_t repaired,
                                      bool is_late)
{
    struct resident_wait wait = {.broken = broken, .repaired = repaired, .is_late = is_late};
    if (broken > 0 || is_late) {
        wait.fixed = rule->fixed_wait_months;
    }
    if (broken > 0) {
        wait.variable = later(rule->variable_wait_months * (broken - 1) - rule->repaired_wait_months * repaired, 0);
    }
    wait.months = wait.fixed + wait.variable;
    wait.is_long_break = broken >= rule->long_break_years;
    if (wait.is_long_break) {
        wait.months = later(wait.months, rule->long_break_wait_months);
    }
    return wait;
}

/* The first day on which the wait is over, given the broken years that were paid up to that day. */
static void wait_out(const struct resident_years *years, int32_t year, bool is_late, int32_t all_on,
                     struct resident_start *start)
{
    int32_t broken = resident_broken_before(years, year);
    for (int32_t day = start->base;; day++) {
        int32_t repaired = all_on != COVERAGE_NONE && day >= all_on ? broken : repaired_by(years, year, broken, day);
        start->wait = resident_wait_of(years->rule, broken, repaired, is_late);
        int32_t over = month_first_day(month_of_day(start->base) + start->wait.months);
        start->starts_on = later(day, over);
        int32_t next = start->starts_on;
        for (int32_t earlier = year - broken; earlier < year; earlier++) {
            int32_t paid = paid_on(years, earlier);
            next = resident_is_paid(years, earlier) && paid > day && paid < next ? paid : next;
        }
        next = all_on > day && all_on < next ? all_on : next;
        if (next == start->starts_on) {
            return;
        }
        day = next - 1;
    }
}

struct resident_start resident_start_of(const struct resident_years *years, int32_t year, int32_t day, bool repairs_all)
{
    const struct coverage_resident_rule *rule = years->rule;
    int32_t january = 12 * year;
    bool is_after_window = day != COVERAGE_IN_TIME && day > resident_window_closes(rule, year);
    int32_t from = is_after_window ? later(january, month_of_day(day)) : january;
    struct resident_start start = {.base = later(month_first_day(from), years->history->person.birth_date)};
    start.starts_on = start.base;
    start.is_newborn = is_newborn(years, day);
    if (start.is_newborn) {
        start.base = start.starts_on = later(month_first_day(january), years->history->person.birth_date);
        return start;
    }
    if (rule->exempts_person) {
        return start;
    }
    bool is_late = is_after_window && year >= rule->first_counted_year;
    start.is_switched = is_late && is_switched(years, day);
    wait_out(years, year, is_late && !start.is_switched, repairs_all ? day : COVERAGE_NONE, &start);
    return start;
}
