/* What an audit found: sums, and faults up to a maximum. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define REPORT_FAULTS_MAXIMUM 10000 /* kept; all are counted. 10,000 × 6 texts of some 60 bytes < 4 MiB */
#define REPORT_TOTALS_MAXIMUM 64    /* 9 sums and one for each kind of system account */

struct fault_found {
    char *check, *table, *key, *column, *expected, *found; /* check: file of db/audit without its ending */
};

struct total {
    char name[64];
    long long value; /* fen, or a number of rows */
};

struct report {
    struct total totals[REPORT_TOTALS_MAXIMUM];
    size_t totals_count;
    struct fault_found *faults;
    size_t faults_kept;
    size_t faults_count;
    long long snapshots; /* of the database, one for each run that contributed */
    bool is_incomplete;  /* memory, room or 64 bits ran out: no such report is a clean one */
};

void report_init(struct report *report);
void report_fini(struct report *report);
void report_add_total(struct report *report, const char *name, const char *value);
long long report_total(const struct report *report, const char *name); /* 0 when never added */
void report_add_fault(struct report *report, const char *check, const char *table, const char *key, const char *column,
                      const char *expected, const char *found);
/* The one check that needs everything: personal balances and system accounts add up to zero. */
void report_check_sums(struct report *report);
bool report_is_clean(const struct report *report);
void report_print_text(const struct report *report, FILE *out);
void report_print_json(const struct report *report, FILE *out);
