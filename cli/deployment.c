/* Reads and writes the one row of the table deployment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/deployment.h"
#include <stdio.h>
#include <string.h>

bool deployment_check(struct pg_session *session, const struct config *config)
{
    PGresult *row = pg_session_query(session, "SELECT kind FROM deployment", 0, NULL);
    const char *complaint = NULL;
    if (row == NULL)
        complaint = "cannot tell what this database is for; run yibaod migrate";
    else if (PQntuples(row) == 1 && config_is_production(config) && strcmp(PQgetvalue(row, 0, 0), "demo") == 0)
        complaint = "this database holds the demo, with tokens that anybody may have; production does not open it";
    else if (PQntuples(row) == 1 && !config_is_production(config) && strcmp(PQgetvalue(row, 0, 0), "demo") != 0)
        complaint = "this database is marked for production; set YIBAO_MODE=production";
    PQclear(row);
    if (complaint != NULL)
        fprintf(stderr, "yibaod: %s\n", complaint);
    return complaint == NULL;
}

bool deployment_mark(struct pg_session *session, const struct config *config)
{
    if (config_is_production(config) &&
        !pg_session_run(session, "INSERT INTO deployment (kind, marked_at) VALUES ('production', clock_timestamp()) "
                                 "ON CONFLICT DO NOTHING"))
        return false;
    return deployment_check(session, config);
}
