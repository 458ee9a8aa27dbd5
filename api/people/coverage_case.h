/* One person's case: the rows of coverage_history and coverage_rules as the rules of coverage want them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/coverage.h"
#include "server/http/request.h"

enum coverage_moment { MOMENT_ON, MOMENT_PAYMENT, MOMENTS };

/* Pools that the reader may not see share one entry without a code. */
struct coverage_pool {
    struct span code; /* empty: elsewhere */
    struct span name;
};

/* What one scheme of the person is judged by. */
struct coverage_section {
    bool is_asked;
    struct coverage_pool pool; /* as stored, whoever reads it; empty without an enrolment or a record */
    struct span exempt_group;  /* of that pool's enrolment; or empty */
    int rule_rows[MOMENTS];    /* of the rows of coverage_rules; −1: there is no rule */
    struct coverage_answer answers[MOMENTS];
};

struct coverage_case {
    bool is_found;
    bool asks_rules; /* the rules' rows are still to come */
    struct uuid person_id;
    int32_t days[MOMENTS];
    struct coverage_history history;
    struct coverage_pool *pools; /* indexed by coverage_period.pool */
    int32_t pools_count;
    struct coverage_section sections[COVERAGE_SCHEMES];
    struct coverage_employee_rule employee_rules[MOMENTS];
    struct coverage_resident_rule resident_rules[MOMENTS];
};

struct span coverage_scheme_text(enum coverage_scheme scheme);
/* Fills the case from the rows of coverage_history; false without memory. is_found stays false without rows. */
bool coverage_case_read(struct request *request, const struct rows *rows, struct coverage_case *one);
/* Fills in the rules from the rows of coverage_rules, and answers; false without memory. */
bool coverage_case_answer(struct request *request, const struct rows *rows, struct coverage_case *one);
