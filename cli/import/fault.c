/* What was found wrong with rows: the codes, the list kept during a run, and the report. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/fault.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PRINTED_MAX 20

const struct fault_info fault_infos[FAULT_NONE] = {
#define FAULT(name, text, level, zh, en)                                                                               \
    [FAULT_##name] = {.code = (text), .severity = FAULT_SEVERITY_##level, .reason_zh = (zh), .reason_en = (en)},
#include "api/imports/fault.def"
#undef FAULT
};

enum fault_code fault_by_code(struct span code)
{
    for (enum fault_code at = 0; at < FAULT_NONE; at++) {
        if (span_equal(span_of(fault_infos[at].code), code)) {
            return at;
        }
    }
    return FAULT_NONE;
}

static bool has_room(struct fault_list *list)
{
    if (list->count < list->capacity) {
        return true;
    }
    if (list->capacity == FAULTS_KEPT_MAX) {
        return false;
    }
    size_t capacity = list->capacity == 0 ? 1024 : 2 * list->capacity;
    capacity = capacity > FAULTS_KEPT_MAX ? FAULTS_KEPT_MAX : capacity;
    struct fault *faults = realloc(list->faults, capacity * sizeof(*faults));
    if (faults == NULL) {
        list->out_of_memory = true;
        return false;
    }
    list->faults = faults;
    list->capacity = capacity;
    return true;
}

void fault_list_add(struct fault_list *list, struct fault fault)
{
    list->counts[fault.code]++;
    if (has_room(list)) {
        list->faults[list->count++] = fault;
    }
}

static int compare(const void *left, const void *right)
{
    const struct fault *a = left;
    const struct fault *b = right;
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    return a->code == b->code ? strcmp(a->field, b->field) : (int)a->code - (int)b->code;
}

void fault_list_move(struct fault_list *list, struct fault_list *from)
{
    for (size_t i = 0; i < from->count; i++) {
        fault_list_add(list, from->faults[i]);
    }
    fault_list_fini(from);
}

void fault_list_sort(struct fault_list *list)
{
    if (list->count > 0) {
        qsort(list->faults, list->count, sizeof(*list->faults), compare);
    }
}

void fault_list_fini(struct fault_list *list)
{
    free(list->faults);
    *list = (struct fault_list){0};
}

static uint64_t total(const struct fault_list *list, enum fault_severity severity)
{
    uint64_t sum = 0;
    for (enum fault_code code = 0; code < FAULT_NONE; code++) {
        sum += fault_infos[code].severity == severity ? list->counts[code] : 0;
    }
    return sum;
}

uint64_t fault_list_errors(const struct fault_list *list)
{
    return total(list, FAULT_SEVERITY_ERROR);
}

uint64_t fault_list_warnings(const struct fault_list *list)
{
    return total(list, FAULT_SEVERITY_WARNING);
}

static const char *severity_name(enum fault_severity severity)
{
    return severity == FAULT_SEVERITY_ERROR ? "error" : "warning";
}

bool fault_list_write(const struct fault_list *list, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *out = file < 0 ? NULL : fdopen(file, "w");
    if (out == NULL) {
        fprintf(stderr, "yibaod import: cannot write the report %s: %s\n", path, strerror(errno));
        if (file >= 0) {
            close(file);
        }
        return false;
    }
    fputs("line,field,severity,code,reason_zh,reason_en,other_line\n", out);
    for (size_t i = 0; i < list->count; i++) {
        const struct fault *fault = &list->faults[i];
        const struct fault_info *info = &fault_infos[fault->code];
        fprintf(out, "%" PRIu32 ",%s,%s,%s,\"%s\",\"%s\",", fault->line, fault->field, severity_name(info->severity),
                info->code, info->reason_zh, info->reason_en);
        if (fault->other_line != 0) {
            fprintf(out, "%" PRIu32, fault->other_line);
        }
        fputc('\n', out);
    }
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    if (failed) {
        fprintf(stderr, "yibaod import: the report %s could not be written whole\n", path);
    }
    return !failed;
}

void fault_list_print(const struct fault_list *list)
{
    for (size_t i = 0; i < list->count && i < PRINTED_MAX; i++) {
        const struct fault *fault = &list->faults[i];
        const struct fault_info *info = &fault_infos[fault->code];
        fprintf(stderr, "line %" PRIu32 " %s: %s %s: %s (%s)", fault->line,
                fault->field[0] == '\0' ? "-" : fault->field, severity_name(info->severity), info->code,
                info->reason_en, info->reason_zh);
        if (fault->other_line != 0) {
            fprintf(stderr, " [line %" PRIu32 "]", fault->other_line);
        }
        fputc('\n', stderr);
    }
    uint64_t found = fault_list_errors(list) + fault_list_warnings(list);
    if (found <= PRINTED_MAX) {
        return;
    }
    fprintf(stderr, "… %" PRIu64 " in all:\n", found);
    for (enum fault_code code = 0; code < FAULT_NONE; code++) {
        if (list->counts[code] > 0) {
            fprintf(stderr, "  %10" PRIu64 "  %s\n", list->counts[code], fault_infos[code].code);
        }
    }
}
