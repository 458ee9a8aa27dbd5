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

static void ask(const struct coverage_case *one, enum coverage_scheme scheme, enum coverage_moment moment,
                struct timeline *scratch, struct coverage_answer *answer)
{
    if (scheme == COVERAGE_EMPLOYEE) {
        employee_answer(&one->history, &one->employee_rules[moment], one->days[moment], scratch, answer);
    } else {
        resident_answer(&one->history, &one->resident_rules[moment], one->days[moment], answer);
    }
}

/* Gaps are shown of the day asked about: counted first, since most people have few and some could have hundreds. */
static bool answer_section(struct request *request, struct coverage_case *one, enum coverage_scheme scheme,
                           struct timeline *scratch)
{
    struct coverage_section *section = &one->sections[scheme];
    if (section->rule_rows[MOMENT_PAYMENT] >= 0) {
        ask(one, scheme, MOMENT_PAYMENT, scratch, &section->answers[MOMENT_PAYMENT]);
    }
    if (section->rule_rows[MOMENT_ON] < 0) {
        return true;
    }
    struct coverage_answer *answer = &section->answers[MOMENT_ON];
    ask(one, scheme, MOMENT_ON, scratch, answer);
    answer->gaps = arena_alloc(request->arena, (answer->gaps_count + 1) * sizeof *answer->gaps);
    if (answer->gaps == NULL) {
        return false;
    }
    ask(one, scheme, MOMENT_ON, scratch, answer);
    return true;
}

bool coverage_case_answer(struct request *request, const struct rows *rows, struct coverage_case *one)
{
    struct timeline *scratch = arena_alloc(request->arena, sizeof *scratch);
    for (int scheme = 0; scheme < COVERAGE_SCHEMES; scheme++) {
        one->sections[scheme].rule_rows[MOMENT_ON] = one->sections[scheme].rule_rows[MOMENT_PAYMENT] = -1;
    }
    read_rules(rows, one);
    for (int scheme = 0; scratch != NULL && scheme < COVERAGE_SCHEMES; scheme++) {
        bool is_asked = one->sections[scheme].is_asked;
        if (is_asked && !answer_section(request, one, (enum coverage_scheme)scheme, scratch)) {
            return false;
        }
    }
    return scratch != NULL;
}
