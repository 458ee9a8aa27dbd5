/* What those who walk through tables by ranges of blocks share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/blocks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQLSTATE_LOCK_NOT_AVAILABLE "55P03"
#define SQLSTATE_DEADLOCK "40P01"

enum blocks_outcome blocks_outcome(struct pg_session *session, const PGresult *result, const char *name)
{
    ExecStatusType status = PQresultStatus(result);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return BLOCKS_DONE;
    if (sqlstate != NULL &&
        (strcmp(sqlstate, SQLSTATE_LOCK_NOT_AVAILABLE) == 0 || strcmp(sqlstate, SQLSTATE_DEADLOCK) == 0))
        return BLOCKS_BUSY;
    fprintf(stderr, "yibaod: %s: %s", name, PQerrorMessage(session->connection));
    return BLOCKS_FAILED;
}

bool blocks_count(struct pg_session *session, const char *table, long *blocks)
{
    const char *values[] = {table};
    PGresult *row = pg_session_query(
        session, "SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint", 1, values);
    bool is_counted = row != NULL;
    *blocks = is_counted ? strtol(PQgetvalue(row, 0, 0), NULL, 10) : 0;
    PQclear(row);
    return is_counted;
}
