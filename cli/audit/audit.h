/* One audit: how far it is, what it found, and where that is kept so that another run goes on from there. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/report.h"
#include <stdbool.h>
#include <stdint.h>

/* What is walked over, in this order; both by keys of persons. */
enum audit_stage {
    STAGE_PEOPLE, /* checks/: tables keyed by person, in slices of some thousand accounts */
    STAGE_WIDE,   /* wide/: tables keyed otherwise, each read whole for each of a few ranges */
    STAGE_DONE,
};

struct audit {
    struct report report;
    enum audit_stage stage;
    int64_t from;             /* first key that is not done in this stage */
    const char *state_path;   /* NULL: nothing is kept */
    char fingerprint[80];     /* of the checks and the database: nobody goes on with others */
    int64_t state_written_us; /* monotonic */
};
