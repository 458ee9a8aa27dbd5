/* The statements of an import: read from db/import/, run with one fixed set of parameters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/sql.h"
#include "server/clock.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SQL_BYTES_MAX 65536
#define PARAMS 8

static const Oid types[PARAMS] = {20, 20, 1184, 1082, 25, 2950, 2950, 1184};

char *sql_read(const char *directory, const char *kind, const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/import/%s/%s.sql", directory, kind, name);
    FILE *file = fopen(path, "re");
    char *sql = file == NULL ? NULL : calloc(1, SQL_BYTES_MAX);
    bool ok = sql != NULL && fread(sql, 1, SQL_BYTES_MAX - 1, file) > 0 && feof(file);
    if (!ok) {
        fprintf(stderr, "yibaod import: cannot read %s: %s\n", path, strerror(errno));
        free(sql);
        sql = NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return sql;
}

struct param_texts {
    char from[24];
    char to[24];
    char instant[33];
    char business_date[11];
    char run_id[UUID_TEXT_LENGTH + 1];
    char event_id[UUID_TEXT_LENGTH + 1];
    char real_instant[33];
    const char *values[PARAMS];
};

static void format_params(const struct sql_params *params, struct param_texts *texts)
{
    snprintf(texts->from, sizeof(texts->from), "%" PRId64, params->from_position);
    snprintf(texts->to, sizeof(texts->to), "%" PRId64, params->to_position);
    instant_format(params->instant_us, texts->instant);
    date_format(params->business_date, texts->business_date);
    uuid_format(params->import_run_id, texts->run_id);
    uuid_format(params->event_id, texts->event_id);
    instant_format(params->real_instant_us, texts->real_instant);
    const char *values[PARAMS] = {
        texts->from,   texts->to,       texts->instant,     texts->business_date, params->hash_algorithm,
        texts->run_id, texts->event_id, texts->real_instant};
    memcpy(texts->values, values, sizeof(values));
}

static bool other_was_in_the_way(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state != NULL && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0);
}

static PGresult *checked(struct pg_session *session, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return result;
    }
    fprintf(stderr, "yibaod import: PostgreSQL: %s", PQerrorMessage(session->connection));
    PQclear(result);
    return NULL;
}

bool sql_prepare(struct pg_session *session, const char *name, const char *sql)
{
    PGresult *result = checked(session, PQprepare(session->connection, name, sql, PARAMS, types));
    PQclear(result);
    return result != NULL;
}

PGresult *sql_execute(struct pg_session *session, const char *name, const struct sql_params *params, bool *is_lost)
{
    struct param_texts texts = {0};
    format_params(params, &texts);
    PGresult *result = PQexecPrepared(session->connection, name, PARAMS, texts.values, NULL, NULL, 0);
    *is_lost = other_was_in_the_way(result);
    return checked(session, result);
}

PGresult *sql_run(struct pg_session *session, const char *sql, const struct sql_params *params)
{
    bool is_lost;
    return sql_prepare(session, "", sql) ? sql_execute(session, "", params, &is_lost) : NULL;
}

int64_t sql_number(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? 0 : strtoll(PQgetvalue(result, row, column), NULL, 10);
}
