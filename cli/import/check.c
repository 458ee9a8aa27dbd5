/* Checks the staged rows in PostgreSQL and collects what is wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include <stdio.h>
#include <stdlib.h>

static bool run_file(struct shard *shard, const char *name)
{
    struct import_run *run = shard->run;
    char *sql = sql_read(run->db_directory, run->kind->run_kind, name);
    struct sql_params params;
    run_params(run, &params);
    PGresult *result = sql == NULL ? NULL : sql_run(&shard->session, sql, &params);
    free(sql);
    PQclear(result);
    return result != NULL;
}

static void *check_shard(void *argument)
{
    struct shard *shard = argument;
    bool ok = run_file(shard, "check") &&
              pg_session_run(&shard->session, "CREATE INDEX ON import_checked (position); ANALYZE import_checked");
    const char *const *names = shard->run->kind->more_checks;
    for (size_t i = 0; ok && names[i] != NULL; i++) {
        ok = run_file(shard, names[i]);
    }
    shard->failed = !ok;
    return NULL;
}

static bool count_rows(struct shard *shard)
{
    PGresult *counts =
        pg_session_query(&shard->session,
                         "SELECT count(*) FILTER (WHERE is_ready), count(*) FILTER (WHERE is_unchanged), "
                         "max(position) FROM import_checked",
                         0, NULL);
    if (counts == NULL) {
        return false;
    }
    shard->rows_ready = (uint64_t)sql_number(counts, 0, 0);
    shard->rows_unchanged = (uint64_t)sql_number(counts, 0, 1);
    shard->last_position = sql_number(counts, 0, 2);
    PQclear(counts);
    return true;
}

static const char *field_name(const struct import_kind *kind, const char *name)
{
    for (size_t i = 0; i < kind->columns_count; i++) {
        if (strcmp(kind->columns[i].name, name) == 0) {
            return kind->columns[i].name;
        }
    }
    return "";
}

static void add_faults(struct import_run *run, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        enum fault_code code = fault_by_code(span_of(PQgetvalue(rows, i, 1)));
        if (code == FAULT_NONE) {
            abort(); /* db/import/ and fault.def disagree: a bug */
        }
        fault_list_add(&run->faults, (struct fault){
                                         .line = (uint32_t)sql_number(rows, i, 0),
                                         .code = (uint16_t)code,
                                         .field = field_name(run->kind, PQgetvalue(rows, i, 2)),
                                         .other_line = (uint32_t)sql_number(rows, i, 3),
                                     });
    }
}

/* Row by row: a file in which all is wrong must not fill the memory. */
static bool collect_faults(struct import_run *run, struct shard *shard)
{
    char *sql = sql_read(run->db_directory, run->kind->run_kind, "faults");
    PGconn *connection = shard->session.connection;
    bool ok = sql != NULL && PQsendQuery(connection, sql) == 1 && PQsetSingleRowMode(connection) == 1;
    free(sql);
    for (PGresult *rows; (rows = PQgetResult(connection)) != NULL; PQclear(rows)) {
        ExecStatusType status = PQresultStatus(rows);
        ok = ok && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK);
        if (status == PGRES_SINGLE_TUPLE) {
            add_faults(run, rows);
        }
    }
    if (!ok) {
        fprintf(stderr, "yibaod import: PostgreSQL: %s", PQerrorMessage(connection));
    }
    return ok;
}

bool check_rows(struct import_run *run)
{
    progress_start(&run->progress, "checking", 0); /* two statements, of which nothing is heard */
    bool ok = run_in_parallel(run, check_shard);
    progress_end(&run->progress);
    for (unsigned i = 0; ok && i < run->shards_count; i++) {
        struct shard *shard = &run->shards[i];
        ok = count_rows(shard) && collect_faults(run, shard);
        run->rows_ready += shard->rows_ready;
        run->rows_unchanged += shard->rows_unchanged;
    }
    fault_list_sort(&run->faults);
    return ok;
}
