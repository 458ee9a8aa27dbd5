/* Asks the rules of coverage, once for the day asked about and once for the day of the payment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/employee.h"
#include "api/coverage/resident.h"
#include "api/people/coverage_case.h"
#include "api/people/coverage_rules.h"

static void read_rules(const struct rows *rows, struct coverage_case *one)
{
    for (int row = 0; row < rows->count; row++) {
        bool is_of_payment = row_bool(rows, row, COVERAGE_RULES_COLUMN_IS_OF_PAYMENT);
        enum coverage_moment moment = is_of_payment ? MOMENT_PAYMENT : MOMENT_ON;
        struct span scheme = row_text(rows, row, COVERAGE_RULES_COLUMN_SCHEME);
        struct coverage_section *resident = &one->sections[COVERAGE_RESIDENT];
        if (span_equal(scheme, coverage_scheme_text(COVERAGE_EMPLOYEE))) {
            one->sections[COVERAGE_EMPLOYEE].rule_rows[moment] = row;
            one->employee_rules[moment] = coverage_employee_rule_of(rows, row);
        } else {
            resident->rule_rows[moment] = row;
            one->resident_rules[moment] = coverage_resident_rule_of(rows, row, resident->exempt_group);
        }
    }
}

static bool answer(struct request *request, struct coverage_case *one, enum coverage_scheme scheme,
                   enum coverage_moment moment)
{
    struct coverage_answer *answer = &one->sections[scheme].answers[moment];
    answer->gaps = arena_alloc(request->arena, (one->history.periods_count + 1) * sizeof *answer->gaps);
    struct timeline *scratch = arena_alloc(request->arena, sizeof *scratch);
    if (answer->gaps == NULL || scratch == NULL) {
        return false;
    }
    if (scheme == COVERAGE_EMPLOYEE) {
        employee_answer(&one->history, &one->employee_rules[moment], one->days[moment], scratch, answer);
    } else {
        resident_answer(&one->history, &one->resident_rules[moment], one->days[moment], answer);
    }
    return true;
}

bool coverage_case_answer(struct request *request, const struct rows *rows, struct coverage_case *one)
{
    for (int scheme = 0; scheme < COVERAGE_SCHEMES; scheme++) {
        one->sections[scheme].rule_rows[MOMENT_ON] = one->sections[scheme].rule_rows[MOMENT_PAYMENT] = -1;
    }
    read_rules(rows, one);
    for (int i = 0; i < COVERAGE_SCHEMES * MOMENTS; i++) {
        enum coverage_scheme scheme = (enum coverage_scheme)(i / MOMENTS);
        enum coverage_moment moment = (enum coverage_moment)(i % MOMENTS);
        const struct coverage_section *section = &one->sections[scheme];
        if (section->is_asked && section->rule_rows[moment] >= 0 && !answer(request, one, scheme, moment)) {
            return false;
        }
    }
    return true;
}
