/* Benefits, broken years and waiting periods of the resident scheme (docs/rules.md 2; docs/coverage.md, "Resident"). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/resident.h"
#include "api/coverage/calendar.h"
#include "api/coverage/resident_years.h"

static int32_t first_day_of_year(int32_t year)
{
    return month_first_day(12 * year);
}

/* A wait that a year has begun is not cut short by paying for the next one. */
static struct resident_start start_with_carry(const struct resident_years *years, int32_t year, int32_t day,
                                              bool repairs_all)
{
    int32_t first = year;
    while (resident_is_paid_within(years, first - 1)) {
        first--;
    }
    struct resident_start carried = {0};
    for (int32_t at = first; at <= year; at++) {
        int32_t paid = at == year ? day : years->paid_on[at - COVERAGE_FIRST_YEAR];
        struct resident_start own = resident_start_of(years, at, paid, at == year && repairs_all);
        bool is_exempt = own.is_newborn || years->rule->exempts_person;
        carried = at > first && !is_exempt && carried.starts_on > own.starts_on ? carried : own;
    }
    return carried;
}

static struct resident_start start_of_paid(const struct resident_years *years, int32_t year)
{
    return start_with_carry(years, year, years->paid_on[year - COVERAGE_FIRST_YEAR], false);
}

/* --- findings --------------------------------------------------------------------------------------------------- */

static void explain_wait(const struct resident_years *years, const struct resident_start *start, int32_t year,
                         struct coverage_findings *findings)
{
    const struct resident_wait *wait = &start->wait;
    struct coverage_finding *finding;
    if (wait->is_late) {
        finding = coverage_add(findings, FINDING_window_missed);
        coverage_value(finding, VALUE_OF_year, year);
        coverage_value(finding, VALUE_OF_window_closes, resident_window_closes(years->rule, year));
        coverage_value(finding, VALUE_OF_fixed_wait_months, wait->fixed);
    }
    if (wait->broken > 0) {
        finding = coverage_add(findings, FINDING_years_broken);
        coverage_value(finding, VALUE_OF_broken_years, wait->broken);
        coverage_value(finding, VALUE_OF_repaired_years, wait->repaired);
        coverage_value(finding, VALUE_OF_fixed_wait_months, wait->fixed);
        coverage_value(finding, VALUE_OF_variable_wait_months, wait->variable);
    }
    if (wait->is_long_break) {
        finding = coverage_add(findings, FINDING_long_break);
        coverage_value(finding, VALUE_OF_broken_years, wait->broken);
        coverage_value(finding, VALUE_OF_long_break_years, years->rule->long_break_years);
        coverage_value(finding, VALUE_OF_long_break_wait_months, years->rule->long_break_wait_months);
    }
    if (wait->months > 0) {
        finding = coverage_add(findings, FINDING_resident_waiting);
        coverage_value(finding, VALUE_OF_waiting_months, wait->months);
        coverage_value(finding, VALUE_OF_fixed_wait_months, wait->fixed);
        coverage_value(finding, VALUE_OF_variable_wait_months, wait->variable);
        coverage_value(finding, VALUE_OF_starts_on, start->starts_on);
    }
}

static int32_t last_employee_month(const struct resident_years *years, int32_t up_to)
{
    int32_t last = COVERAGE_NONE;
    for (size_t i = 0; i < years->history->periods_count; i++) {
        const struct coverage_period *period = &years->history->periods[i];
        if (period->scheme == COVERAGE_EMPLOYEE && !period->is_deemed && period->month <= up_to) {
            last = later(last, period->month);
        }
    }
    return last;
}

static void explain_exemption(const struct resident_years *years, const struct resident_start *start, int32_t day,
                              struct coverage_findings *findings)
{
    struct coverage_finding *finding;
    if (start->is_newborn) {
        finding = coverage_add(findings, FINDING_newborn);
        coverage_value(finding, VALUE_OF_newborn_days, years->rule->newborn_days);
        coverage_value(finding, VALUE_OF_until, resident_newborn_until(years));
    } else if (years->rule->exempts_person) {
        coverage_add(findings, FINDING_exempt_group);
    } else if (start->is_switched) {
        finding = coverage_add(findings, FINDING_switched);
        coverage_value(finding, VALUE_OF_last_paid_month, last_employee_month(years, month_of_day(day)));
        coverage_value(finding, VALUE_OF_switch_gap_months, years->rule->switch_gap_months);
    }
}

static void explain_window(const struct resident_years *years, int32_t year, struct coverage_findings *findings)
{
    struct coverage_finding *finding = coverage_add(findings, FINDING_window_open);
    coverage_value(finding, VALUE_OF_year, year);
    coverage_value(finding, VALUE_OF_window_opens, resident_window_opens(years->rule, year));
    coverage_value(finding, VALUE_OF_window_closes, resident_window_closes(years->rule, year));
}

/* --- benefits on a day ------------------------------------------------------------------------------------------ */

static void judge_unpaid_year(const struct resident_years *years, int32_t year, struct coverage_benefits *benefits)
{
    int32_t last = year - 1;
    while (last >= COVERAGE_FIRST_YEAR && !resident_is_paid_within(years, last)) {
        last--;
    }
    bool was_member = last >= COVERAGE_FIRST_YEAR;
    benefits->status = was_member ? COVERAGE_STOPPED : COVERAGE_NEVER;
    benefits->since = was_member ? first_day_of_year(last + 1) : COVERAGE_NONE;
    coverage_value(coverage_add(&benefits->findings, FINDING_year_not_paid), VALUE_OF_year, year);
    explain_window(years, year, &benefits->findings);
}

/* Back over the years that followed each other without a day between them. */
static int32_t covered_since(const struct resident_years *years, int32_t year)
{
    int32_t since = start_of_paid(years, year).starts_on;
    while (since == first_day_of_year(year) && resident_is_paid_within(years, year - 1) &&
           start_of_paid(years, year - 1).starts_on < since) {
        year--;
        since = start_of_paid(years, year).starts_on;
    }
    return since;
}

static void judge_paid_year(const struct resident_years *years, int32_t year, int32_t on,
                            struct coverage_benefits *benefits)
{
    struct resident_start start = start_of_paid(years, year);
    if (on < start.base) { /* it was paid later in the year */
        judge_unpaid_year(years, year, benefits);
        return;
    }
    bool waits = on < start.starts_on;
    benefits->status = waits ? COVERAGE_WAITING : COVERAGE_COVERED;
    benefits->since = waits ? start.base : covered_since(years, year);
    benefits->starts_on = waits ? start.starts_on : COVERAGE_NONE;
    benefits->waiting_months = waits ? start.wait.months : 0;
    if (waits) {
        explain_wait(years, &start, year, &benefits->findings);
    } else {
        coverage_value(coverage_add(&benefits->findings, FINDING_year_paid), VALUE_OF_year, year);
    }
    explain_exemption(years, &start, years->paid_on[year - COVERAGE_FIRST_YEAR], &benefits->findings);
}

static void judge_benefits(const struct resident_years *years, int32_t on, struct coverage_benefits *benefits)
{
    const struct coverage_person *person = &years->history->person;
    int32_t year = month_of_day(on) / 12;
    *benefits = (struct coverage_benefits){.since = COVERAGE_NONE, .starts_on = COVERAGE_NONE};
    if (person->deceased_on != COVERAGE_NONE && person->deceased_on < on) {
        benefits->status = COVERAGE_DECEASED;
        benefits->since = person->deceased_on + 1;
        coverage_value(coverage_add(&benefits->findings, FINDING_deceased), VALUE_OF_deceased_on, person->deceased_on);
    } else if (resident_is_paid_within(years, year)) {
        judge_paid_year(years, year, on, benefits);
    } else {
        judge_unpaid_year(years, year, benefits);
    }
}

/* --- broken years ----------------------------------------------------------------------------------------------- */

static void add_gap(const struct resident_years *years, int32_t from, int32_t to, bool is_open,
                    struct coverage_answer *answer)
{
    size_t index = answer->gaps_count++;
    if (answer->gaps == NULL) {
        return;
    }
    struct coverage_gap *gap = &answer->gaps[index];
    *gap = (struct coverage_gap){.from = 12 * from, .to = 12 * to, .length = to - from + 1, .is_open = is_open};
    gap->back_pay_until = COVERAGE_NONE;
    for (int32_t year = from; year <= to; year++) {
        gap->missing += !resident_is_paid(years, year);
    }
    gap->can_back_pay = gap->missing > 0;
    struct coverage_finding *finding =
        coverage_add(&gap->findings, gap->missing > 0 ? FINDING_year_repairable : FINDING_years_repaired);
    coverage_value(finding, VALUE_OF_broken_years, gap->length);
    coverage_value(finding, VALUE_OF_missing_years, gap->missing);
    coverage_value(finding, VALUE_OF_first_counted_year, years->rule->first_counted_year);
}

/* docs/rules.md 2: broken years from the first counted one on; the running year is not over, thus not broken yet. */
static void find_gaps(const struct resident_years *years, int32_t year, struct coverage_answer *answer)
{
    answer->gaps_count = 0;
    if (years->first_member_year == COVERAGE_NONE) {
        return;
    }
    int32_t from = later(years->rule->first_counted_year, years->first_member_year + 1);
    while (from < year) {
        int32_t end = from;
        while (end < year && !resident_is_insured(years, end)) {
            end++;
        }
        if (end > from) {
            add_gap(years, from, end - 1, end == year && !resident_is_insured(years, year), answer);
        }
        from = end + 1;
    }
}

/* --- if paid on that day ---------------------------------------------------------------------------------------- */

static void find_missing(const struct resident_years *years, int32_t year, int32_t broken,
                         struct coverage_payment *payment)
{
    for (int32_t earlier = year - broken; earlier < year; earlier++) {
        if (!resident_is_paid(years, earlier)) {
            payment->back_pay_from = payment->back_pay_length == 0 ? 12 * earlier : payment->back_pay_from;
            payment->back_pay_to = 12 * earlier;
            payment->back_pay_length++;
        }
    }
}

static void pay_year(const struct resident_years *years, int32_t year, int32_t on, struct coverage_payment *payment)
{
    struct resident_start start = start_with_carry(years, year, on, false);
    int32_t closes = resident_window_closes(years->rule, year);
    payment->benefits_from = start.starts_on;
    payment->waiting_months = start.wait.months;
    find_missing(years, year, resident_broken_before(years, year), payment);
    if (payment->back_pay_length > 0) {
        int32_t repaired = start_with_carry(years, year, on, true).starts_on;
        payment->benefits_from_with_back_payment = repaired < start.starts_on ? repaired : COVERAGE_NONE;
    }
    if (start.is_newborn) {
        payment->pay_until = resident_newborn_until(years);
    } else if (on <= closes) {
        payment->pay_until = closes;
        explain_window(years, year, &payment->findings);
    }
    explain_wait(years, &start, year, &payment->findings);
    explain_exemption(years, &start, on, &payment->findings);
}

/* docs/rules.md 2: "if I pay today, from when am I covered, and until when can I still back-pay?" */
static void judge_payment(const struct resident_years *years, int32_t on, const struct coverage_benefits *benefits,
                          struct coverage_payment *payment)
{
    int32_t year = month_of_day(on) / 12;
    *payment = (struct coverage_payment){.benefits_from = COVERAGE_NONE,
                                         .benefits_from_with_back_payment = COVERAGE_NONE,
                                         .back_pay_from = COVERAGE_NONE,
                                         .back_pay_to = COVERAGE_NONE,
                                         .pay_until = COVERAGE_NONE};
    if (benefits->status == COVERAGE_DECEASED) {
        payment->findings = benefits->findings;
    } else if (resident_is_paid_within(years, year)) {
        struct resident_start start = start_of_paid(years, year);
        payment->benefits_from = benefits->status == COVERAGE_COVERED ? benefits->since : start.starts_on;
        payment->waiting_months = benefits->status == COVERAGE_COVERED ? 0 : start.wait.months;
        coverage_value(coverage_add(&payment->findings, FINDING_year_paid), VALUE_OF_year, year);
        explain_window(years, year + 1, &payment->findings);
    } else {
        pay_year(years, year, on, payment);
    }
}

void resident_answer(const struct coverage_history *history, const struct coverage_resident_rule *rule, int32_t on,
                     struct coverage_answer *answer)
{
    struct resident_years years;
    resident_years_build(&years, history, rule);
    int32_t year = month_of_day(on) / 12;
    bool is_dead = history->person.deceased_on != COVERAGE_NONE && history->person.deceased_on < on;
    find_gaps(&years, is_dead ? month_of_day(history->person.deceased_on) / 12 : year, answer);
    judge_benefits(&years, on, &answer->benefits);
    judge_payment(&years, on, &answer->benefits, &answer->payment);
}
