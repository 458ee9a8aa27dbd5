/* Loads reference rows from the data files of a db/ directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/session.h"
#include <stdbool.h>

/*
 * Each data/NNN_name.sql, in the order of names, is one statement that inserts or updates what differs and removes
 * nothing. Where a file data/name.csv stands beside it, the statement finds its rows in the temporary table `loaded`: a
 * text column for each name in the header, null for an empty field. Lines in front of the header that begin with # say
 * where the rows come from. All in one transaction. False after one line on stderr.
 */
bool reference_load(struct pg_session *session, const char *directory, long long *rows_changed);
