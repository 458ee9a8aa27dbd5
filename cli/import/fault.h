/* What was found wrong with rows: the codes, the list kept during a run, and the report. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

enum fault_code {
#define FAULT(name, code, severity, zh, en) FAULT_##name,
#include "api/imports/fault.def"
#undef FAULT
    FAULT_NONE,
};

enum fault_severity { FAULT_SEVERITY_ERROR, FAULT_SEVERITY_WARNING };

struct fault_info {
    const char *code;
    enum fault_severity severity;
    const char *reason_zh;
    const char *reason_en;
};

extern const struct fault_info fault_infos[FAULT_NONE];

enum fault_code fault_by_code(struct span code); /* FAULT_NONE when unknown */
static inline bool fault_is_error(enum fault_code code)
{
    return code != FAULT_NONE && fault_infos[code].severity == FAULT_SEVERITY_ERROR;
}

struct fault {
    uint32_t line;
    uint32_t other_line; /* the line it clashes with, or 0 */
    uint16_t code;
    const char *field; /* canonical column name, "" for the whole record; a literal */
};

/* Kept whole up to this many; what is beyond is only counted. 2 million × 24 bytes = 46 MiB. */
#define FAULTS_KEPT_MAX 2000000

struct fault_list {
    struct fault *faults;
    size_t count;
    size_t capacity;
    uint64_t counts[FAULT_NONE]; /* of all, kept or not */
    bool out_of_memory;
};

void fault_list_add(struct fault_list *list, struct fault fault);
void fault_list_move(struct fault_list *list, struct fault_list *from); /* empties `from` */
void fault_list_sort(struct fault_list *list);                          /* by line, then precedence */
void fault_list_fini(struct fault_list *list);
uint64_t fault_list_errors(const struct fault_list *list);
uint64_t fault_list_warnings(const struct fault_list *list);

/* The report: CSV with line, field, severity, code, reason_zh, reason_en, other_line; never the value, which may be
 * personal. */
bool fault_list_write(const struct fault_list *list, const char *path);
/* The first few for a person at a terminal, and counts by code. */
void fault_list_print(const struct fault_list *list);
