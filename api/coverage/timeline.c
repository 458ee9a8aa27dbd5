/* The employee scheme month by month: what was paid in time, back-paid, bridged, or missed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/timeline.h"
#include "api/coverage/calendar.h"
#include <string.h>

#define AT(field, month) timeline->field[(month)-COVERAGE_FIRST_MONTH]

int32_t timeline_deadline(const struct coverage_employee_rule *rule, int32_t month)
{
    return month_day(month, rule->payment_deadline_day);
}

static bool is_known(int32_t month)
{
    return month >= COVERAGE_FIRST_MONTH && month < COVERAGE_FIRST_MONTH + COVERAGE_MONTHS;
}

enum month_state timeline_state(const struct timeline *timeline, int32_t month)
{
    return is_known(month) ? AT(state, month) : MONTH_UNPAID;
}

bool month_is_in_gap(enum month_state state)
{
    return state == MONTH_UNPAID || state == MONTH_BACK_PAID;
}

bool month_is_employee(enum month_state state)
{
    return state == MONTH_PAID || state == MONTH_HEALED || state == MONTH_RETIRED;
}

/* Regular months are taken as paid in time, back-payments by their day; of several records the earliest counts. */
static void add_paid(struct timeline *timeline, const struct coverage_employee_rule *rule,
                     const struct coverage_period *period)
{
    int32_t month = period->month;
    if (period->paid_on == COVERAGE_IN_TIME || period->paid_on <= timeline_deadline(rule, month)) {
        AT(state, month) = MONTH_PAID;
    } else if (AT(state, month) == MONTH_UNPAID ||
               (AT(state, month) == MONTH_BACK_PAID && period->paid_on < AT(paid_on, month))) {
        AT(state, month) = MONTH_BACK_PAID;
        AT(paid_on, month) = period->paid_on;
    }
}

/* A resident year covers its months, from that of the payment on when it was paid within the year. */
static void add_resident(struct timeline *timeline, const struct coverage_period *period)
{
    int32_t from = period->month, end = period->month + 12;
    if (period->paid_on != COVERAGE_IN_TIME) {
        from = later(from, month_of_day(period->paid_on));
    }
    for (int32_t month = from; month < end && is_known(month); month++) {
        AT(is_resident, month) = true;
    }
}

/* Deemed years are no gaps; what lies before the first paid month is not looked at (docs/coverage.md, "Months"). */
static void add_deemed(struct timeline *timeline, const struct coverage_employee_rule *rule,
                       const struct coverage_period *period)
{
    int32_t end = period->month + rule->deemed_record_months;
    for (int32_t month = period->month; month < end && is_known(month); month++) {
        AT(state, month) = MONTH_PAID;
    }
}

static bool is_employee(const struct coverage_period *period, bool is_deemed)
{
    return is_known(period->month) && period->scheme == COVERAGE_EMPLOYEE && period->is_deemed == is_deemed;
}

/* Where nothing was paid in time the first back-paid month is taken for it: there is no gap before a first payment. */
static void find_first(struct timeline *timeline, const struct coverage_history *history)
{
    int32_t first_paid = INT32_MAX, first_back_paid = INT32_MAX;
    for (size_t i = 0; i < history->periods_count; i++) {
        int32_t month = history->periods[i].month;
        if (!is_employee(&history->periods[i], false)) {
            continue;
        }
        int32_t *first = AT(state, month) == MONTH_PAID ? &first_paid : &first_back_paid;
        *first = month < *first ? month : *first;
    }
    if (first_paid == INT32_MAX && first_back_paid != INT32_MAX) {
        first_paid = first_back_paid;
        AT(state, first_paid) = MONTH_PAID;
    }
    timeline->first = first_paid == INT32_MAX ? COVERAGE_NONE : first_paid;
}

/* Far enough to see how long the gap was when a back-payment came. */
static int32_t end_of_record(const struct coverage_period *period)
{
    int32_t paid = period->paid_on == COVERAGE_IN_TIME ? period->month : month_of_day(period->paid_on);
    return later(period->month, is_known(paid) ? paid : period->month) + 1;
}

static void add_periods(struct timeline *timeline, const struct coverage_history *history,
                        const struct coverage_employee_rule *rule)
{
    for (size_t i = 0; i < history->periods_count; i++) {
        const struct coverage_period *period = &history->periods[i];
        if (is_known(period->month) && period->scheme == COVERAGE_RESIDENT) {
            add_resident(timeline, period);
        } else if (is_employee(period, false)) {
            add_paid(timeline, rule, period);
            timeline->end = later(timeline->end, end_of_record(period));
        }
    }
    find_first(timeline, history);
    for (size_t i = 0; i < history->periods_count; i++) {
        if (is_employee(&history->periods[i], true)) {
            add_deemed(timeline, rule, &history->periods[i]);
        }
    }
}

/* docs/rules.md, Words: with the retirement procedure complete, nothing is due from its month on. */
static void add_retirement(struct timeline *timeline, int32_t retired_on, int32_t on)
{
    if (retired_on == COVERAGE_NONE || retired_on > on) {
        return;
    }
    for (int32_t month = later(month_of_day(retired_on), COVERAGE_FIRST_MONTH); month < timeline->end; month++) {
        if (month_is_in_gap(timeline_state(timeline, month))) {
            AT(state, month) = MONTH_RETIRED;
        }
    }
}

/* Those paid on `day` become continuous where the gap, as it was on that day, could be back-paid. */
static void heal_paid_on(struct timeline *timeline, const struct coverage_employee_rule *rule, int32_t from,
                         int32_t end, int32_t day)
{
    for (int32_t start = from; start < end; start++) {
        int32_t stop = start;
        while (stop < end && month_is_in_gap(AT(state, stop)) && timeline_deadline(rule, stop) < day) {
            stop++;
        }
        for (int32_t month = start; stop - start <= rule->back_payable_gap_months && month < stop; month++) {
            if (AT(state, month) == MONTH_BACK_PAID && AT(paid_on, month) == day) {
                AT(state, month) = MONTH_HEALED;
            }
        }
        start = later(start, stop - 1);
    }
}

static int32_t next_payment(const struct timeline *timeline, int32_t from, int32_t end, int32_t after)
{
    int32_t next = INT32_MAX;
    for (int32_t month = from; month < end; month++) {
        bool is_next = AT(state, month) == MONTH_BACK_PAID && AT(paid_on, month) > after && AT(paid_on, month) < next;
        next = is_next ? AT(paid_on, month) : next;
    }
    return next;
}

/* docs/rules.md 2: "gap 1–3 inclusive may be back-paid, then continuous"; each payment finds the gap of its own day. */
static void heal(struct timeline *timeline, const struct coverage_employee_rule *rule, int32_t from, int32_t end)
{
    int32_t day = next_payment(timeline, from, end, COVERAGE_NONE);
    while (day != INT32_MAX) {
        heal_paid_on(timeline, rule, from, end, day);
        day = next_payment(timeline, from, end, day);
    }
}

/* docs/rules.md 2: "months covered by the resident scheme … bridge them for someone with 2 continuous years …". */
static void bridge(struct timeline *timeline, int32_t from, int32_t end)
{
    for (int32_t month = from; month < end; month++) {
        if (AT(is_resident, month)) {
            AT(state, month) = MONTH_BRIDGED;
        }
    }
}

static int32_t end_of_gap(const struct timeline *timeline, int32_t from)
{
    int32_t end = from;
    while (end < timeline->end && month_is_in_gap(AT(state, end))) {
        end++;
    }
    return end;
}

/* From the left, since whether a gap is bridged depends on how continuous all was before it. */
static void resolve(struct timeline *timeline, const struct coverage_employee_rule *rule)
{
    int32_t count = 0, resolved_to = timeline->first;
    for (int32_t month = timeline->first; month < timeline->end; month++) {
        if (month >= resolved_to && month_is_in_gap(AT(state, month))) {
            resolved_to = end_of_gap(timeline, month);
            if (count >= rule->bridge_min_continuous_months) {
                bridge(timeline, month, resolved_to);
            }
            heal(timeline, rule, month, resolved_to);
        }
        count = month_is_in_gap(AT(state, month)) ? 0 : count + 1;
        AT(continuous, month) = count;
    }
}

void timeline_build(struct timeline *timeline, const struct coverage_history *history,
                    const struct coverage_employee_rule *rule, int32_t on)
{
    memset(timeline, 0, sizeof *timeline);
    timeline->first = COVERAGE_NONE;
    timeline->end = month_of_day(on) + 1;
    add_periods(timeline, history, rule);
    if (timeline->first == COVERAGE_NONE) {
        return;
    }
    add_retirement(timeline, history->person.retired_on, on);
    resolve(timeline, rule);
}
