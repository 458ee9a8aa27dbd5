/* The resident scheme year by year: paid when, broken or not, and from when a paid year gives benefits. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"

/* Indexed by year − COVERAGE_FIRST_YEAR. */
struct resident_years {
    const struct coverage_history *history;
    const struct coverage_resident_rule *rule;
    int32_t first_member_year;       /* first year with any contribution of either scheme; COVERAGE_NONE without any */
    int32_t paid_on[COVERAGE_YEARS]; /* COVERAGE_NONE: not paid */
    bool has_employee[COVERAGE_YEARS]; /* has a month in the employee scheme, paid or retired */
};

/* Why a year that is paid on a day waits for how long. */
struct resident_wait {
    int32_t months;
    int32_t fixed;
    int32_t variable;
    int32_t broken; /* years in a row before it */
    int32_t repaired;
    bool is_late; /* outside the window, and no exemption */
    bool is_long_break;
};

struct resident_start {
    int32_t base;      /* first day of the months from which the wait is counted */
    int32_t starts_on; /* first day of benefits */
    bool is_newborn;
    bool is_switched;
    struct resident_wait wait;
};

void resident_years_build(struct resident_years *years, const struct coverage_history *history,
                          const struct coverage_resident_rule *rule);
/* Paid, whenever. */
bool resident_is_paid(const struct resident_years *years, int32_t year);
/* Paid before the year was over: it gives benefits, and is not broken. */
bool resident_is_paid_within(const struct resident_years *years, int32_t year);
/* docs/rules.md 2: not a broken year: paid within it, or with months in the employee scheme. */
bool resident_is_insured(const struct resident_years *years, int32_t year);
int32_t resident_window_opens(const struct coverage_resident_rule *rule, int32_t year);
int32_t resident_window_closes(const struct coverage_resident_rule *rule, int32_t year);
/* Broken years in a row before this one that count. */
int32_t resident_broken_before(const struct resident_years *years, int32_t year);
/* Last day on which a newborn is paid for without waiting. */
int32_t resident_newborn_until(const struct resident_years *years);
/* docs/rules.md 2: the wait of so many broken years, so many of them paid later. */
struct resident_wait resident_wait_of(const struct coverage_resident_rule *rule, int32_t broken, int32_t repaired,
                                      bool is_late);
/*
 * From when `year` gives benefits when it is paid on `paid_on` (or COVERAGE_IN_TIME). With `repairs_all`, the broken
 * years before it are all paid on that day.
 */
struct resident_start resident_start_of(const struct resident_years *years, int32_t year, int32_t paid_on,
                                        bool repairs_all);
