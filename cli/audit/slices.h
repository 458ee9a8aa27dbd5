/* Runs the auditor's statements over all persons, a slice at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/report.h"
#include "server/pg/session.h"

/*
 * `directory` is db/audit. Everything is read in one snapshot, so an audit beside a working server sees no half of
 * anything; memory is bounded by a slice. With `shows_progress`, a line on stderr that is rewritten. False after one
 * line on stderr.
 */
bool slices_run(struct pg_session *session, const char *directory, bool shows_progress, struct report *report);
