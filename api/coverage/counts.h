/* How many months count, from when to when (docs/rules.md 1: "months already paid stay counted"). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"

#define COVERAGE_ALL_POOLS (-1)

/* Each month once, whatever number of records and pools it has; a resident year counts 12. */
struct coverage_counts {
    int32_t months;
    int32_t deemed;    /* of them by deemed years only */
    int32_t back_paid; /* of them by back-payments only */
    int32_t first;     /* first and last paid month (January of a resident year); COVERAGE_NONE without any */
    int32_t last;
};

/* Up to the month of `on`; in that pool, or in all. */
void coverage_count(const struct coverage_history *history, enum coverage_scheme scheme, int32_t deemed_record_months,
                    int32_t on, int32_t pool, struct coverage_counts *counts);
