/* Collects what an audit found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/report.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void report_init(struct report *report)
{
    *report = (struct report){0};
    report->faults = calloc(REPORT_FAULTS_MAXIMUM, sizeof *report->faults);
    report->is_incomplete = report->faults == NULL;
}

static void fault_free(const struct fault_found *fault)
{
    free(fault->check);
    free(fault->table);
    free(fault->key);
    free(fault->column);
    free(fault->expected);
    free(fault->found);
}

void report_fini(struct report *report)
{
    for (size_t i = 0; i < report->faults_kept; i++)
        fault_free(&report->faults[i]);
    free(report->faults);
}

static struct total *find_total(struct report *report, const char *name)
{
    for (size_t i = 0; i < report->totals_count; i++) {
        if (strcmp(report->totals[i].name, name) == 0)
            return &report->totals[i];
    }
    if (report->totals_count == REPORT_TOTALS_MAXIMUM)
        return NULL;
    struct total *total = &report->totals[report->totals_count++];
    snprintf(total->name, sizeof total->name, "%s", name);
    return total;
}

void report_add_total(struct report *report, const char *name, const char *value)
{
    errno = 0;
    long long number = strtoll(value, NULL, 10);
    struct total *total = find_total(report, name);
    if (errno != 0 || total == NULL || __builtin_add_overflow(total->value, number, &total->value))
        report->is_incomplete = true;
}

long long report_total(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->totals_count; i++) {
        if (strcmp(report->totals[i].name, name) == 0)
            return report->totals[i].value;
    }
    return 0;
}

void report_add_fault(struct report *report, const char *check, const char *table, const char *key, const char *column,
                      const char *expected, const char *found)
{
    report->faults_count++;
    if (report->faults == NULL || report->faults_kept == REPORT_FAULTS_MAXIMUM)
        return;
    struct fault_found fault = {strdup(check),  strdup(table),    strdup(key),
                                strdup(column), strdup(expected), strdup(found)};
    if (fault.check == NULL || fault.table == NULL || fault.key == NULL || fault.column == NULL ||
        fault.expected == NULL || fault.found == NULL) {
        report->is_incomplete = true;
        fault_free(&fault);
        return;
    }
    report->faults[report->faults_kept++] = fault;
}

void report_check_sums(struct report *report)
{
    long long personal = report_total(report, "personal_fen"), system = report_total(report, "system_fen"), rest;
    if (__builtin_add_overflow(personal, system, &rest)) {
        report->is_incomplete = true;
        return;
    }
    if (rest == 0)
        return;
    char expected[32], found[32];
    snprintf(expected, sizeof expected, "%lld", -system);
    snprintf(found, sizeof found, "%lld", personal);
    report_add_fault(report, "sums", "account", "all", "sum of balances", expected, found);
}

bool report_is_clean(const struct report *report)
{
    return report->faults_count == 0 && !report->is_incomplete;
}
