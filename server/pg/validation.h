/* Lines of migrations that validate constraints: long, and best done when the locks of their migration are gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/migration.h"
#include "server/pg/session.h"
#include <stdbool.h>
#include <stddef.h>

/* The first line `ALTER TABLE table VALIDATE CONSTRAINT constraint;` of a text, without its end; or NULL. */
char *validation_find(char *text, size_t *length);
/*
 * Runs those lines of migrations in transactions whose constraints are not validated yet, each by itself: PostgreSQL
 * reads all rows, and nobody who reads or writes them waits. False after one line on stderr.
 */
bool validation_run(struct pg_session *session, const struct migration_plan *plan);
