/* What production demands of PostgreSQL and of the process, beyond its settings. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/pg/session.h"

/* Both: false after one line on stderr that says what to do. */
/* Of every subcommand that writes: PostgreSQL loses nothing that it has confirmed, and nobody reads along. */
bool production_check_database(struct pg_session *session);
/* Of those that stay and answer: the database's role, this process's user, the directory for files. */
bool production_check(struct pg_session *session, const struct config *config);
