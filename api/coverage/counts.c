/* How many months count, from when to when (docs/rules.md 1: "months already paid stay counted"). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/counts.h"
#include "api/coverage/calendar.h"

enum mark { MARK_DEEMED = 1, MARK_BACK_PAID = 2, MARK_PAID = 4 };

/* A back-payment of the resident scheme is one that came when the year was over. */
static enum mark mark_of(const struct coverage_period *period)
{
    if (period->is_deemed) {
        return MARK_DEEMED;
    }
    bool is_late = period->scheme == COVERAGE_EMPLOYEE || period->paid_on >= month_first_day(period->month + 12);
    return period->paid_on != COVERAGE_IN_TIME && is_late ? MARK_BACK_PAID : MARK_PAID;
}

/* A record of deemed years stands for several months, one of a resident year for its January. */
static void put_mark(uint8_t *marks, const struct coverage_period *period, int32_t deemed_record_months)
{
    int32_t length = period->is_deemed && period->scheme == COVERAGE_EMPLOYEE ? deemed_record_months : 1;
    for (int32_t i = period->month - COVERAGE_FIRST_MONTH; length > 0 && i < COVERAGE_MONTHS; i++, length--) {
        marks[i] = (uint8_t)(marks[i] | mark_of(period));
    }
}

static void count_marks(const uint8_t *marks, int32_t end, struct coverage_counts *counts)
{
    for (int32_t i = 0; i < end; i++) {
        bool is_paid = (marks[i] & (MARK_PAID | MARK_BACK_PAID)) != 0;
        counts->months += marks[i] != 0;
        counts->deemed += marks[i] == MARK_DEEMED;
        counts->back_paid += is_paid && (marks[i] & MARK_PAID) == 0;
        if (is_paid) {
            counts->first = counts->first == COVERAGE_NONE ? i + COVERAGE_FIRST_MONTH : counts->first;
            counts->last = i + COVERAGE_FIRST_MONTH;
        }
    }
}

void coverage_count(const struct coverage_history *history, enum coverage_scheme scheme, int32_t deemed_record_months,
                    int32_t on, int32_t pool, struct coverage_counts *counts)
{
    uint8_t marks[COVERAGE_MONTHS] = {0};
    *counts = (struct coverage_counts){.first = COVERAGE_NONE, .last = COVERAGE_NONE};
    for (size_t i = 0; i < history->periods_count; i++) {
        const struct coverage_period *period = &history->periods[i];
        bool is_known = period->month >= COVERAGE_FIRST_MONTH && period->month < COVERAGE_FIRST_MONTH + COVERAGE_MONTHS;
        if (is_known && period->scheme == scheme && (pool == COVERAGE_ALL_POOLS || period->pool == pool)) {
            put_mark(marks, period, deemed_record_months);
        }
    }
    count_marks(marks, month_of_day(on) + 1 - COVERAGE_FIRST_MONTH, counts);
    if (scheme == COVERAGE_RESIDENT) {
        counts->months *= 12;
        counts->deemed *= 12;
        counts->back_paid *= 12;
    }
}
