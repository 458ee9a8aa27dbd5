/* Benefits, gaps and waiting periods of the employee scheme (docs/rules.md 2; docs/coverage.md, "Employee"). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/employee.h"
#include "api/coverage/calendar.h"
#include "api/coverage/employee_walk.h"

static bool is_deceased(const struct coverage_person *person, int32_t on)
{
    return person->deceased_on != COVERAGE_NONE && person->deceased_on < on;
}

static bool is_retired(const struct coverage_person *person, int32_t on)
{
    return person->retired_on != COVERAGE_NONE && person->retired_on <= on;
}

/* --- gaps ------------------------------------------------------------------------------------------------------- */

static void explain_bridge(const struct employee_walk *walk, struct coverage_gap *gap)
{
    bool has_resident = false;
    for (int32_t month = gap->from; month <= gap->to; month++) {
        has_resident = has_resident || walk->timeline->is_resident[month - COVERAGE_FIRST_MONTH];
    }
    if (!has_resident) {
        return;
    }
    struct coverage_finding *finding = coverage_add(&gap->findings, FINDING_not_bridged);
    coverage_value(finding, VALUE_OF_continuous_months,
                   walk->timeline->continuous[gap->from - 1 - COVERAGE_FIRST_MONTH]);
    coverage_value(finding, VALUE_OF_bridge_min_continuous_months, walk->rule->bridge_min_continuous_months);
}

static void explain_gap(const struct employee_walk *walk, struct coverage_gap *gap)
{
    bool is_short = gap->length <= walk->rule->back_payable_gap_months;
    struct coverage_finding *finding = coverage_add(&gap->findings, is_short            ? FINDING_gap_back_payable
                                                                    : gap->missing == 0 ? FINDING_gap_paid_too_late
                                                                                        : FINDING_gap_too_long);
    coverage_value(finding, VALUE_OF_gap_months, gap->length);
    coverage_value(finding, VALUE_OF_missing_months, gap->missing);
    coverage_value(finding, VALUE_OF_back_payable_gap_months, walk->rule->back_payable_gap_months);
    if (!is_short) {
        coverage_value(finding, VALUE_OF_waiting_months, walk->rule->waiting_months);
    }
    if (timeline_state(walk->timeline, gap->to + 1) == MONTH_RETIRED) {
        finding = coverage_add(&gap->findings, FINDING_gap_before_retirement);
        coverage_value(finding, VALUE_OF_retired_on, walk->history->person.retired_on);
    }
    explain_bridge(walk, gap);
}

/* Last day on which an open gap that began in `from` is not longer than can be back-paid. */
static int32_t back_pay_until(const struct coverage_employee_rule *rule, int32_t from)
{
    return timeline_deadline(rule, from + rule->back_payable_gap_months);
}

/* docs/rules.md 2: "gap 1–3 inclusive may be back-paid"; a closed one does not grow, so it has no last day. */
static void add_gap(const struct employee_walk *walk, int32_t from, int32_t to, bool is_open, void *context)
{
    struct coverage_answer *answer = context;
    size_t index = answer->gaps_count++;
    if (answer->gaps == NULL) {
        return;
    }
    struct coverage_gap *gap = &answer->gaps[index];
    *gap = (struct coverage_gap){.from = from, .to = to, .length = to - from + 1, .is_open = is_open};
    gap->back_pay_until = COVERAGE_NONE;
    for (int32_t month = from; month <= to; month++) {
        gap->missing += timeline_state(walk->timeline, month) == MONTH_UNPAID;
    }
    gap->can_back_pay = gap->missing > 0 && gap->length <= walk->rule->back_payable_gap_months;
    if (gap->can_back_pay && is_open) {
        gap->back_pay_until = back_pay_until(walk->rule, from);
    }
    explain_gap(walk, gap);
}

/* --- benefits on a day ------------------------------------------------------------------------------------------ */

static void explain_waiting(const struct employee_walk *walk, struct coverage_findings *findings)
{
    struct coverage_finding *finding = coverage_add(findings, FINDING_waiting);
    coverage_value(finding, VALUE_OF_gap_months, walk->wait_gap);
    coverage_value(finding, VALUE_OF_back_payable_gap_months, walk->rule->back_payable_gap_months);
    coverage_value(finding, VALUE_OF_resumed_month, walk->wait_from);
    coverage_value(finding, VALUE_OF_waiting_months, walk->rule->waiting_months);
    coverage_value(finding, VALUE_OF_starts_on, month_first_day(walk->wait_until));
}

/* First day with benefits while payments follow each other since stretch_from. */
static int32_t benefits_begin(const struct employee_walk *walk)
{
    return month_first_day(later(walk->stretch_from, walk->wait_until));
}

static void stay_covered(const struct employee_walk *walk, struct coverage_benefits *benefits)
{
    if (walk->wait_until > walk->month) {
        benefits->status = COVERAGE_WAITING;
        benefits->since = month_first_day(walk->wait_from);
        benefits->starts_on = month_first_day(walk->wait_until);
        benefits->waiting_months = walk->wait_until - walk->wait_from;
        explain_waiting(walk, &benefits->findings);
        return;
    }
    benefits->status = COVERAGE_COVERED;
    benefits->since = benefits_begin(walk);
    coverage_value(coverage_add(&benefits->findings, FINDING_paid_up), VALUE_OF_last_paid_month, walk->last_employee);
}

/* docs/rules.md 2: "benefits stop from the month after the last paid month", or later where the pool says so. */
static void judge_unpaid_month(const struct employee_walk *walk, struct coverage_benefits *benefits)
{
    int32_t stopped_from = walk->last_employee + 1 + walk->rule->benefits_grace_months;
    if (walk->month >= stopped_from) {
        benefits->status = COVERAGE_STOPPED;
        benefits->since = month_first_day(stopped_from);
        struct coverage_finding *finding = coverage_add(&benefits->findings, FINDING_stopped);
        coverage_value(finding, VALUE_OF_last_paid_month, walk->last_employee);
        coverage_value(finding, VALUE_OF_stopped_on, benefits->since);
        coverage_value(finding, VALUE_OF_benefits_grace_months, walk->rule->benefits_grace_months);
        return;
    }
    stay_covered(walk, benefits);
    struct coverage_finding *finding = coverage_add(&benefits->findings, FINDING_grace);
    coverage_value(finding, VALUE_OF_benefits_grace_months, walk->rule->benefits_grace_months);
    coverage_value(finding, VALUE_OF_until, month_first_day(stopped_from) - 1);
}

/* docs/rules.md, Words: a retired enrolment is one whose retirement procedure is complete; it pays no more. */
static void judge_retired(const struct employee_walk *walk, struct coverage_benefits *benefits)
{
    int32_t retired_on = walk->history->person.retired_on;
    bool was_covered = walk->last_employee != COVERAGE_NONE && benefits_begin(walk) < retired_on &&
                       timeline_state(walk->timeline, walk->stretch_from) != MONTH_RETIRED;
    benefits->status = COVERAGE_COVERED;
    benefits->since = was_covered ? benefits_begin(walk) : retired_on;
    coverage_value(coverage_add(&benefits->findings, FINDING_retired), VALUE_OF_retired_on, retired_on);
}

static void judge_benefits(const struct employee_walk *walk, int32_t on, struct coverage_benefits *benefits)
{
    const struct coverage_person *person = &walk->history->person;
    *benefits = (struct coverage_benefits){.since = COVERAGE_NONE, .starts_on = COVERAGE_NONE};
    if (is_deceased(person, on)) {
        benefits->status = COVERAGE_DECEASED;
        benefits->since = person->deceased_on + 1;
        coverage_value(coverage_add(&benefits->findings, FINDING_deceased), VALUE_OF_deceased_on, person->deceased_on);
    } else if (is_retired(person, on)) {
        judge_retired(walk, benefits);
    } else if (walk->last_employee == COVERAGE_NONE) {
        benefits->status = COVERAGE_NEVER;
        coverage_add(&benefits->findings, FINDING_never_paid);
    } else if (walk->last_employee == walk->month) {
        stay_covered(walk, benefits);
    } else if (walk->last_employee == walk->month - 1 && walk->due < walk->month) {
        stay_covered(walk, benefits);
        struct coverage_finding *finding = coverage_add(&benefits->findings, FINDING_month_not_due);
        coverage_value(finding, VALUE_OF_unpaid_month, walk->month);
        coverage_value(finding, VALUE_OF_deadline, timeline_deadline(walk->rule, walk->month));
    } else {
        judge_unpaid_month(walk, benefits);
    }
}

/* --- if paid on that day ---------------------------------------------------------------------------------------- */

/* docs/rules.md 2: "gap > 3 a waiting period of the region's 0–6 months from the month of re-enrolment". */
static void pay_after_long_gap(const struct employee_walk *walk, struct coverage_payment *payment)
{
    int32_t resumed = walk->due + 1;
    int32_t starts = later(resumed + walk->rule->waiting_months, walk->wait_until);
    payment->waiting_months = starts - resumed;
    payment->benefits_from = month_first_day(starts);
    struct coverage_finding *finding = coverage_add(&payment->findings, FINDING_waiting_after_payment);
    coverage_value(finding, VALUE_OF_gap_months, walk->longest_gap);
    coverage_value(finding, VALUE_OF_back_payable_gap_months, walk->rule->back_payable_gap_months);
    coverage_value(finding, VALUE_OF_resumed_month, resumed);
    coverage_value(finding, VALUE_OF_waiting_months, walk->rule->waiting_months);
    coverage_value(finding, VALUE_OF_starts_on, payment->benefits_from);
}

/* docs/rules.md 2: "gap 1–3 inclusive may be back-paid, then continuous and benefits retroactive". */
static void pay_after_short_gap(const struct employee_walk *walk, struct coverage_payment *payment)
{
    int32_t resumed = walk->due + 1;
    payment->benefits_from = month_first_day(later(resumed, walk->wait_until));
    payment->benefits_from_with_back_payment = month_first_day(later(walk->gap_from, walk->wait_until));
    payment->back_pay_from = walk->gap_from;
    payment->back_pay_to = walk->due;
    payment->back_pay_length = employee_open_gap(walk);
    payment->waiting_months = later(walk->wait_until - resumed, 0);
    struct coverage_finding *finding = coverage_add(&payment->findings, FINDING_back_payment_retroactive);
    coverage_value(finding, VALUE_OF_gap_months, payment->back_pay_length);
    coverage_value(finding, VALUE_OF_back_payable_gap_months, walk->rule->back_payable_gap_months);
    coverage_value(finding, VALUE_OF_until, payment->pay_until);
}

static void pay_month(const struct employee_walk *walk, const struct coverage_benefits *benefits,
                      struct coverage_payment *payment)
{
    if (walk->longest_gap > walk->rule->back_payable_gap_months) {
        pay_after_long_gap(walk, payment);
        return;
    }
    if (walk->gap_from != COVERAGE_NONE) {
        payment->pay_until = back_pay_until(walk->rule, walk->gap_from);
    }
    if (employee_open_gap(walk) > 0) {
        pay_after_short_gap(walk, payment);
    } else {
        int32_t resumed = walk->due + 1;
        bool goes_on = walk->last_employee == walk->month - 1 && benefits->status == COVERAGE_COVERED;
        payment->benefits_from = goes_on ? benefits->since : month_first_day(later(resumed, walk->wait_until));
        payment->waiting_months = later(walk->wait_until - resumed, 0);
        struct coverage_finding *finding = coverage_add(&payment->findings, FINDING_continuous);
        coverage_value(finding, VALUE_OF_gap_months, 0);
        coverage_value(finding, VALUE_OF_deadline, timeline_deadline(walk->rule, resumed));
        coverage_value(finding, VALUE_OF_back_payable_gap_months, walk->rule->back_payable_gap_months);
    }
    if (walk->wait_until > walk->month) {
        coverage_value(coverage_add(&payment->findings, FINDING_earlier_wait), VALUE_OF_starts_on,
                       month_first_day(walk->wait_until));
    }
}

/* docs/rules.md 2: "if I pay today, from when am I covered, and until when can I still back-pay?" */
static void judge_payment(const struct employee_walk *walk, const struct coverage_benefits *benefits,
                          struct coverage_payment *payment)
{
    *payment = (struct coverage_payment){.benefits_from = COVERAGE_NONE,
                                         .benefits_from_with_back_payment = COVERAGE_NONE,
                                         .back_pay_from = COVERAGE_NONE,
                                         .back_pay_to = COVERAGE_NONE,
                                         .pay_until = COVERAGE_NONE};
    if (benefits->status == COVERAGE_DECEASED || is_retired(&walk->history->person, walk->on)) {
        payment->benefits_from = benefits->status == COVERAGE_DECEASED ? COVERAGE_NONE : benefits->since;
        payment->findings = benefits->findings;
    } else if (benefits->status == COVERAGE_NEVER) {
        payment->benefits_from = month_first_day(walk->due + 1);
        coverage_add(&payment->findings, FINDING_first_contribution);
    } else if (walk->last_employee == walk->month) {
        payment->benefits_from = benefits->status == COVERAGE_WAITING ? benefits->starts_on : benefits->since;
        payment->waiting_months = later(walk->wait_until - walk->month, 0);
        coverage_add(&payment->findings, FINDING_already_paid);
    } else {
        pay_month(walk, benefits, payment);
    }
}

static void explain_bridged(const struct employee_walk *walk, struct coverage_findings *findings)
{
    int32_t bridged = 0, before = 0;
    int32_t first = walk->timeline->first == COVERAGE_NONE ? walk->month + 1 : walk->timeline->first;
    for (int32_t month = first; month <= walk->month; month++) {
        if (timeline_state(walk->timeline, month) == MONTH_BRIDGED) {
            before = bridged == 0 ? walk->timeline->continuous[month - 1 - COVERAGE_FIRST_MONTH] : before;
            bridged++;
        }
    }
    if (bridged == 0) {
        return;
    }
    struct coverage_finding *finding = coverage_add(findings, FINDING_bridged);
    coverage_value(finding, VALUE_OF_continuous_months, before);
    coverage_value(finding, VALUE_OF_bridge_min_continuous_months, walk->rule->bridge_min_continuous_months);
    coverage_value(finding, VALUE_OF_bridged_months, bridged);
}

void employee_answer(const struct coverage_history *history, const struct coverage_employee_rule *rule, int32_t on,
                     struct timeline *scratch, struct coverage_answer *answer)
{
    int32_t until = is_deceased(&history->person, on) ? history->person.deceased_on : on;
    struct employee_walk walk = {.history = history, .rule = rule, .timeline = scratch, .on = until};
    timeline_build(scratch, history, rule, until);
    answer->gaps_count = 0;
    employee_walk(&walk, add_gap, answer);
    judge_benefits(&walk, on, &answer->benefits);
    explain_bridged(&walk, &answer->benefits.findings);
    judge_payment(&walk, &answer->benefits, &answer->payment);
}

bool employee_retirement_months(const struct coverage_employee_rule *rule, enum coverage_sex sex, int32_t *months)
{
    bool is_stated = rule->retirement_years_male > 0 && rule->retirement_years_female > 0;
    bool is_same = rule->retirement_years_male == rule->retirement_years_female;
    if (!is_stated || (sex == COVERAGE_SEX_UNKNOWN && !is_same)) {
        return false;
    }
    *months = 12 * (sex == COVERAGE_FEMALE ? rule->retirement_years_female : rule->retirement_years_male);
    return true;
}
