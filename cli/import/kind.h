/* What can be imported: the columns of its files, how rows are completed, and how they are staged. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/column.h"

struct staged_cell {
    uint8_t cell; /* index in row->cells */
    enum cell_type type;
};

struct import_kind {
    const char *name;     /* as on the command line */
    const char *run_kind; /* import_run.kind and the folder of db/import/ */
    const struct column *columns;
    size_t columns_count;
    void (*complete)(struct row *row); /* checks between columns, and cells derived from them */
    const struct staged_cell *staged;  /* after line and is_valid, in the order of the columns of import_row */
    size_t staged_count;
    const char *const *more_checks; /* statements after check.sql, in order; ends with NULL */
    const char *const *post_steps;  /* statements of one slice, in order; ends with NULL; the last reports it */
    unsigned connections;           /* rows are parted by person between them */
};

extern const struct import_kind import_enrolments;
extern const struct import_kind import_contributions;
extern const struct import_kind import_opening_balances;

/* The first cell of every kind: it says which connection stages the row. */
#define CELL_CITIZEN_HASH 0
