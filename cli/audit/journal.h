/* Holds the journals of clients against the books (docs/auditing.md has their form). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/audit/report.h"
#include "server/pg/session.h"

enum journal_outcome {
    JOURNAL_HELD,
    JOURNAL_UNREADABLE, /* a file is missing, or a line is not of that form; a line on stderr says which */
    JOURNAL_FAILED,     /* the database could not be asked, or memory is short; a line on stderr says so */
};

/* `directory` has acknowledged.sql and made.sql. Faults and counts go into the report. */
enum journal_outcome journal_run(struct pg_session *session, const char *directory, const char *const *paths,
                                 size_t paths_count, struct report *report);
