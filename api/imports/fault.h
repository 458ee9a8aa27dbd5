/* The texts of what can be wrong with a row of a file, by their codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"

struct import_fault {
    const char *code, *severity, *reason_zh, *reason_en;
};

const struct import_fault *import_fault_find(struct span code); /* NULL when this version does not know it */
