/* Tables that are walked through by ranges of blocks, in short transactions beside everybody's work. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/session.h"
#include <stdbool.h>

/* For a range up to the last block of any table. */
#define BLOCKS_LAST 4294967294

/* What became of a statement: BUSY when somebody else has locked the rows, and it can be tried again. */
enum blocks_outcome { BLOCKS_DONE, BLOCKS_BUSY, BLOCKS_FAILED };

/* FAILED has printed a line on stderr; `name` says in it where. */
enum blocks_outcome blocks_outcome(struct pg_session *session, const PGresult *result, const char *name);
/* How many a table has now. False after a line on stderr. */
bool blocks_count(struct pg_session *session, const char *table, long *blocks);
