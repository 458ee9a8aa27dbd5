/* Opens and drives one blocking PostgreSQL session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/session.h"
#include "server/pg/conninfo.h"
#include <stdio.h>

#define CONNECT_TIMEOUT_S 10

static void print_error(const char *what, const char *message)
{
    fprintf(stderr, "yibaod: %s: %s", what, message[0] == '\0' ? "no connection\n" : message);
}

bool pg_session_open(struct pg_session *session, const char *conninfo, const char *role)
{
    char options[80] = "";
    const char *why = NULL;
    if (!conninfo_check_password_file(&why)) {
        fprintf(stderr, "yibaod: the file of YIBAO_DATABASE_PASSWORD_FILE cannot be used: %s\n", why);
        session->connection = NULL;
        return false;
    }
    if (role != NULL)
        snprintf(options, sizeof options, "-c role=%s", role);
    session->connection = conninfo_connect(conninfo, options, CONNECT_TIMEOUT_S);
    if (session->connection == NULL) {
        print_error("cannot connect to PostgreSQL", "DATABASE_URL is wrong or memory is short\n");
        return false;
    }
    if (PQstatus(session->connection) == CONNECTION_OK)
        return true;
    print_error("cannot connect to PostgreSQL", PQerrorMessage(session->connection));
    pg_session_close(session);
    return false;
}

void pg_session_close(struct pg_session *session)
{
    PQfinish(session->connection);
    session->connection = NULL;
}

static PGresult *checked(struct pg_session *session, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN)
        return result;
    print_error("PostgreSQL", result == NULL ? PQerrorMessage(session->connection) : PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

PGresult *pg_session_query(struct pg_session *session, const char *sql, int params_count, const char *const *params)
{
    return checked(session, PQexecParams(session->connection, sql, params_count, NULL, params, NULL, NULL, 0));
}

bool pg_session_run(struct pg_session *session, const char *sql)
{
    PGresult *result = checked(session, PQexec(session->connection, sql));
    PQclear(result);
    return result != NULL;
}
