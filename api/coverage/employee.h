/* Benefits, gaps and waiting periods of the employee scheme (docs/rules.md 2; docs/coverage.md, "Employee"). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/coverage/timeline.h"

/* All that `on` asks; `payment` is for paying on that day. `scratch` is filled with the timeline of that day. */
void employee_answer(const struct coverage_history *history, const struct coverage_employee_rule *rule, int32_t on,
                     struct timeline *scratch, struct coverage_answer *answer);
/* Adds what is missing to coverage in retirement; false where the rule does not state the years. */
bool employee_retirement_months(const struct coverage_employee_rule *rule, enum coverage_sex sex, int32_t *months);
