/* Walks over the persons in slices of some thousand accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/slices.h"
#include "server/pg/script.h"
#include <inttypes.h>
#include <stdlib.h>

#define PERSON_KEYS_END 4611686018427387904.0 /* 2^62: keys are random below, so a key tells how far the walk is */
#define NUMBER_BYTES 24

static bool prepare(struct pg_session *session, const char *name, const char *sql)
{
    PGresult *result = PQprepare(session->connection, name, sql, 0, NULL);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_done)
        fprintf(stderr, "yibaod: %s: %s", name, PQerrorMessage(session->connection));
    PQclear(result);
    return is_done;
}

static bool prepare_file(struct pg_session *session, const char *directory, const char *name)
{
    struct script script;
    if (!script_read(&script, directory, name))
        return false;
    bool is_done = prepare(session, name, script.text);
    script_free(&script);
    return is_done;
}

static PGresult *execute(struct pg_session *session, const char *name, int64_t from, const int64_t *to)
{
    char numbers[2][NUMBER_BYTES];
    snprintf(numbers[0], NUMBER_BYTES, "%" PRId64, from);
    snprintf(numbers[1], NUMBER_BYTES, "%" PRId64, to == NULL ? 0 : *to);
    const char *const values[] = {numbers[0], numbers[1]};
    PGresult *result = PQexecPrepared(session->connection, name, to == NULL ? 1 : 2, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    fprintf(stderr, "yibaod: %s: %s", name, PQerrorMessage(session->connection));
    PQclear(result);
    return NULL;
}

static bool add_totals(struct pg_session *session, int64_t from, int64_t to, struct report *report)
{
    PGresult *rows = execute(session, "totals.sql", from, &to);
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        report_add_total(report, PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1));
    PQclear(rows);
    return true;
}

static const char *text_or(const PGresult *rows, int row, int column, const char *null_text)
{
    return PQgetisnull(rows, row, column) ? null_text : PQgetvalue(rows, row, column);
}

static bool add_faults(struct pg_session *session, const char *name, int64_t from, int64_t to, struct report *report)
{
    PGresult *rows = execute(session, name, from, &to);
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        report_add_fault(report, text_or(rows, row, 0, "?"), text_or(rows, row, 1, "?"), text_or(rows, row, 2, "?"),
                         text_or(rows, row, 3, "null"), text_or(rows, row, 4, "null"));
    PQclear(rows);
    return true;
}

static bool find_end(struct pg_session *session, int64_t from, int64_t *to)
{
    PGresult *rows = execute(session, "range.sql", from, NULL);
    if (rows == NULL)
        return false;
    *to = PQgetisnull(rows, 0, 0) ? INT64_MAX : strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
    PQclear(rows);
    return true;
}

static void show_progress(int64_t at, const struct report *report)
{
    double share = at < 0 ? 0 : at == INT64_MAX ? 1 : (double)at / PERSON_KEYS_END;
    fprintf(stderr, "\raudit: %5.1f %%, %lld accounts, %lld entries, %zu faults%s", share > 1 ? 100 : 100 * share,
            report_total(report, "accounts"), report_total(report, "entries"), report->faults_count,
            at == INT64_MAX ? "\n" : "");
}

static bool walk(struct pg_session *session, const struct script_list *checks, bool shows_progress,
                 struct report *report)
{
    int64_t from = INT64_MIN, to = INT64_MIN;
    while (to != INT64_MAX) {
        if (!find_end(session, from, &to) || !add_totals(session, from, to, report))
            return false;
        for (size_t i = 0; i < checks->count; i++) {
            if (!add_faults(session, checks->items[i].name, from, to, report))
                return false;
        }
        if (shows_progress)
            show_progress(to, report);
        from = to == INT64_MAX ? to : to + 1;
    }
    return true;
}

/* Without statistics, as after a great import, the planner would read whole tables for each slice. */
#define BEGIN_SQL "SET enable_seqscan = off; SET jit = off; BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

bool slices_run(struct pg_session *session, const char *directory, bool shows_progress, struct report *report)
{
    char checks_directory[4352];
    snprintf(checks_directory, sizeof checks_directory, "%s/checks", directory);
    struct script_list checks;
    if (!script_list_read(&checks, checks_directory, ".sql"))
        return false;
    if (checks.count == 0) {
        fprintf(stderr, "yibaod: no checks in %s\n", checks_directory);
        return false;
    }
    bool is_done = pg_session_run(session, BEGIN_SQL) && prepare_file(session, directory, "range.sql") &&
                   prepare_file(session, directory, "totals.sql");
    for (size_t i = 0; is_done && i < checks.count; i++)
        is_done = prepare(session, checks.items[i].name, checks.items[i].text);
    is_done = is_done && walk(session, &checks, shows_progress, report) && pg_session_run(session, "COMMIT");
    script_list_free(&checks);
    return is_done;
}
