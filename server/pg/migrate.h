/* Brings a database to the schema, functions and reference rows of a db/ directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/session.h"
#include <stdbool.h>
#include <stddef.h>

struct migrate_report {
    size_t migrations_applied;
    size_t functions_applied; /* all of them, each time */
    long long rows_changed;   /* reference rows inserted or updated */
};

/*
 * `directory` holds migrations/, functions/, data/ and schema_migration.sql. The session stays who DATABASE_URL says:
 * the owner of the tables. All return false after one line on stderr.
 *
 * The lock makes two migrations follow each other; it ends with the session.
 */
bool migrate_lock(struct pg_session *session);
/* Refuses when an applied file has changed or is missing, or a new one would come before an applied one. Each file is
 * one transaction, but for what server/pg/validation.h does after it. */
bool migrate_run(struct pg_session *session, const char *directory, struct migrate_report *report);
/* Prints one line for each migration to stdout and changes nothing. */
bool migrate_print_status(struct pg_session *session, const char *directory, bool *is_current);
