/* One walk over the timeline, from the first month to that of the day asked about. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/timeline.h"

struct employee_walk {
    const struct coverage_history *history;
    const struct coverage_employee_rule *rule;
    const struct timeline *timeline;
    int32_t on;
    int32_t month;         /* of `on` */
    int32_t due;           /* last month whose deadline has passed */
    int32_t last_employee; /* last month in the employee scheme without a gap; COVERAGE_NONE before the first */
    int32_t stretch_from;  /* since when such months follow each other */
    int32_t gap_from;      /* first month of the gap that reaches to `month`; COVERAGE_NONE: none does */
    int32_t longest_gap;   /* since last_employee */
    int32_t wait_from;  /* month of re-enrolment after the last gap that was too long; COVERAGE_NONE: there is none */
    int32_t wait_until; /* first month with benefits again; 0: there is no wait */
    int32_t wait_gap;   /* that gap's months */
};

/* Calls add_gap for each gap up to `on`, in order. */
void employee_walk(struct employee_walk *walk,
                   void (*add_gap)(const struct employee_walk *walk, int32_t from, int32_t to, bool is_open,
                                   void *context),
                   void *context);
/* Months of the gap that reaches to `on` and were missed by then. */
int32_t employee_open_gap(const struct employee_walk *walk);
