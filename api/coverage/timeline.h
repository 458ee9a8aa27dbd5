/* The employee scheme month by month: what was paid in time, back-paid, bridged, or missed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"

/* UNPAID and BACK_PAID months lie in gaps; all others are continuous. */
enum month_state {
    MONTH_UNPAID,
    MONTH_BACK_PAID, /* too late to be continuous: it counts, and the gap stays */
    MONTH_PAID,      /* in time */
    MONTH_HEALED,    /* back-paid while the gap could be back-paid */
    MONTH_RETIRED,   /* nothing is due any more */
    MONTH_BRIDGED,   /* in the resident scheme, after enough continuous months */
};

/* Indexed by month − COVERAGE_FIRST_MONTH; 36 KiB. */
struct timeline {
    int32_t first; /* first month that was paid in time (else the first back-paid one); COVERAGE_NONE without any */
    int32_t end;   /* months from here on are not filled in */
    uint8_t state[COVERAGE_MONTHS];
    bool is_resident[COVERAGE_MONTHS];
    int32_t paid_on[COVERAGE_MONTHS];
    int32_t continuous[COVERAGE_MONTHS]; /* months in a row up to this one that are in no gap */
};

/* Last day on which this month can be paid in time. docs/rules.md 2: "missed only after its payment deadline". */
int32_t timeline_deadline(const struct coverage_employee_rule *rule, int32_t month);
/* Fills in all months up to that of `on`, and those behind it that records tell of. */
void timeline_build(struct timeline *timeline, const struct coverage_history *history,
                    const struct coverage_employee_rule *rule, int32_t on);
enum month_state timeline_state(const struct timeline *timeline, int32_t month);
bool month_is_in_gap(enum month_state state);
/* In no gap, and of the employee scheme itself. */
bool month_is_employee(enum month_state state);
