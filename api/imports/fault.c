/* Finds the texts of a fault. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/imports/fault.h"
#include <stddef.h>

#define SEVERITY_ERROR "error"
#define SEVERITY_WARNING "warning"

static const struct import_fault faults[] = {
#define FAULT(name, text, level, zh, en)                                                                               \
    {.code = (text), .severity = SEVERITY_##level, .reason_zh = (zh), .reason_en = (en)},
#include "api/imports/fault.def"
#undef FAULT
};

const struct import_fault *import_fault_find(struct span code)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (span_equal(span_of(faults[i].code), code)) {
            return &faults[i];
        }
    }
    return NULL;
}
