/* Reads and writes the one row of the table deployment. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/deployment.h"
#include "cli/production.h"
#include "server/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kind_complaint(const char *kind, bool is_production)
{
    bool is_demo = strcmp(kind, "demo") == 0;
    if (is_production && is_demo)
        return "this database holds the demo, with tokens that anybody may have; production does not open it";
    if (!is_production && !is_demo)
        return "this database is marked for production; set YIBAO_MODE=production";
    return NULL;
}

bool deployment_check(struct pg_session *session, const struct config *config)
{
    PGresult *row = pg_session_query(
        session, "SELECT deployment.kind, test_clock.advance_us FROM test_clock LEFT JOIN deployment ON true", 0, NULL);
    const char *complaint = NULL;
    if (row == NULL || PQntuples(row) != 1)
        complaint = "cannot tell what this database is for; run yibaod migrate";
    else if (!PQgetisnull(row, 0, 0))
        complaint = kind_complaint(PQgetvalue(row, 0, 0), config_is_production(config));
    if (complaint == NULL) {
        int64_t advance_us = strtoll(PQgetvalue(row, 0, 1), NULL, 10);
        clock_advance_to_us(advance_us);
        if (advance_us > 0 && config_is_production(config))
            complaint = "the clock of this database was moved by a test; production does not open it";
    }
    PQclear(row);
    if (complaint != NULL)
        fprintf(stderr, "yibaod: %s\n", complaint);
    return complaint == NULL && (!config_is_production(config) || production_check_database(session));
}

bool deployment_mark(struct pg_session *session, const struct config *config)
{
    if (config_is_production(config) &&
        !pg_session_run(session, "INSERT INTO deployment (kind, marked_at) VALUES ('production', clock_timestamp()) "
                                 "ON CONFLICT DO NOTHING"))
        return false;
    return deployment_check(session, config);
}
