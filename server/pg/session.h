/* One blocking PostgreSQL session, for the command line and for start-up; the server's requests use lanes instead. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libpq-fe.h>
#include <stdbool.h>

struct pg_session {
    PGconn *connection;
};

/* `role`: NULL to stay who DATABASE_URL says (migrate), or "yibao_app" (everything else). False after printing one line
 * to stderr. */
bool pg_session_open(struct pg_session *session, const char *conninfo, const char *role);
void pg_session_close(struct pg_session *session);
/* Runs one statement with text parameters; NULL after logging on failure. Caller clears the result. */
PGresult *pg_session_query(struct pg_session *session, const char *sql, int params_count, const char *const *params);
bool pg_session_run(struct pg_session *session, const char *sql); /* any script without results */
