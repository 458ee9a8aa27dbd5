/* Walks over everything in slices and adds up what each of them says. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/audit.h"
#include "cli/audit/checks.h"
#include "cli/audit/progress.h"

/*
 * From where `audit` is to the end, in one snapshot, keeping its state file up to date. False after a line on stderr
 * when something could not be asked or kept: then nothing is proven, and the state file tells how far it came.
 */
bool slices_run(struct pg_session *session, const struct checks *checks, struct audit *audit,
                struct progress *progress);
