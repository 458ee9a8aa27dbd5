/* How far an audit is, for whoever waits: a bar on a terminal, or a line now and then. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/audit.h"

enum progress_form {
    PROGRESS_NONE,
    PROGRESS_BAR,   /* one line that is written over and over */
    PROGRESS_LINES, /* a line every few seconds */
};

struct progress {
    enum progress_form form;
    double begun_at_share; /* of the stage, when this run took it up */
    int64_t stage_begun_us, shown_us;
};

void progress_begin_stage(struct progress *progress, const struct audit *audit);
/* After each slice; `audit->from` says how far it is. */
void progress_show(struct progress *progress, const struct audit *audit, bool is_end_of_stage);
