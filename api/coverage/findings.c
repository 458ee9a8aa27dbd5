/* Adds findings and their values to an answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/coverage/coverage.h"

struct coverage_finding *coverage_add(struct coverage_findings *findings, enum coverage_finding_code code)
{
    static _Thread_local struct coverage_finding dropped;
    struct coverage_finding *finding =
        findings->count < COVERAGE_FINDINGS ? &findings->items[findings->count++] : &dropped;
    *finding = (struct coverage_finding){.code = code};
    return finding;
}

void coverage_value(struct coverage_finding *finding, enum coverage_value_name name, int32_t value)
{
    if (finding->values_count < COVERAGE_VALUES) {
        finding->values[finding->values_count].name = name;
        finding->values[finding->values_count++].value = value;
    }
}
