/* The state file of a resumable audit. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/audit.h"

enum state_outcome {
    STATE_LOADED,
    STATE_ABSENT,  /* no such file: from the beginning */
    STATE_REFUSED, /* unreadable, or of another database or other checks; a line on stderr says why */
};

enum state_outcome state_load(struct audit *audit); /* into an audit with nothing found yet */
bool state_save(struct audit *audit);               /* replaces the file at once; false after a line on stderr */
bool state_save_sometimes(struct audit *audit);     /* once a second */
void state_remove(const struct audit *audit);
