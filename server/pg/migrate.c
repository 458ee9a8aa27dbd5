/* Applies migrations, functions and reference data. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/migrate.h"
#include "server/pg/migration.h"
#include "server/pg/reference.h"
#include "server/pg/validation.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOCK_KEY "7310579412648811" /* any number that no other program takes */
#define ATTEMPTS 75                 /* a second apart: long readers end meanwhile */
/* Whoever comes later queues behind what waits, and gives up after a second itself (server/pg/lane_settings.c). */
#define BEGIN_PATIENT "BEGIN; SET LOCAL lock_timeout = '400ms'"
#define SQLSTATE_LOCK_NOT_AVAILABLE "55P03"

static bool try_lock(struct pg_session *session, bool *is_held)
{
    PGresult *tried = pg_session_query(session, "SELECT pg_try_advisory_lock(" LOCK_KEY ")", 0, NULL);
    bool is_asked = tried != NULL;
    *is_held = is_asked && PQgetvalue(tried, 0, 0)[0] == 't';
    PQclear(tried);
    return is_asked;
}

/* Asks again and again: a session that waits inside a statement keeps CREATE INDEX CONCURRENTLY of the other waiting.
 */
bool migrate_lock(struct pg_session *session)
{
    bool is_held;
    if (!try_lock(session, &is_held))
        return false;
    if (!is_held)
        fprintf(stderr, "yibaod: waiting for another migrate to end\n");
    while (!is_held) {
        sleep(1);
        if (!try_lock(session, &is_held))
            return false;
    }
    return true;
}

enum outcome { OUTCOME_DONE, OUTCOME_LOCKED, OUTCOME_FAILED };

static enum outcome run(struct pg_session *session, const char *name, const char *sql)
{
    PGresult *result = PQexec(session->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    enum outcome outcome = OUTCOME_FAILED;
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        outcome = OUTCOME_DONE;
    else if (sqlstate != NULL && strcmp(sqlstate, SQLSTATE_LOCK_NOT_AVAILABLE) == 0)
        outcome = OUTCOME_LOCKED;
    else
        fprintf(stderr, "yibaod: %s: %s", name, PQerrorMessage(session->connection));
    PQclear(result);
    return outcome;
}

static enum outcome record(struct pg_session *session, const struct migration *migration)
{
    char version[12];
    snprintf(version, sizeof version, "%d", migration->version);
    const char *values[] = {version, migration->script->name, (const char *)migration->script->checksum};
    const int lengths[] = {0, 0, SCRIPT_CHECKSUM_BYTES};
    const int formats[] = {0, 0, 1};
    PGresult *result =
        PQexecParams(session->connection, "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)",
                     3, NULL, values, lengths, formats, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_done)
        fprintf(stderr, "yibaod: %s: %s", migration->script->name, PQerrorMessage(session->connection));
    PQclear(result);
    return is_done ? OUTCOME_DONE : OUTCOME_FAILED;
}

/* Without the lines that validate constraints, which would keep its locks for as long as all rows are read. */
static enum outcome run_up(struct pg_session *session, const struct migration *migration)
{
    enum outcome outcome = OUTCOME_DONE;
    size_t length = 0;
    for (char *part = migration->up; outcome == OUTCOME_DONE && part != NULL;) {
        char *line = validation_find(part, &length);
        char first = line == NULL ? '\0' : *line;
        if (line != NULL)
            *line = '\0';
        outcome = run(session, migration->script->name, part);
        if (line != NULL)
            *line = first;
        part = line == NULL ? NULL : line + length;
    }
    return outcome;
}

static enum outcome apply_in_transaction(struct pg_session *session, const struct migration *migration)
{
    enum outcome outcome = run(session, migration->script->name, BEGIN_PATIENT);
    if (outcome == OUTCOME_DONE)
        outcome = run_up(session, migration);
    if (outcome == OUTCOME_DONE)
        outcome = record(session, migration);
    if (outcome == OUTCOME_DONE)
        return run(session, migration->script->name, "COMMIT");
    PQclear(PQexec(session->connection, "ROLLBACK"));
    return outcome;
}

static enum outcome apply_one_by_one(struct pg_session *session, const struct migration *migration)
{
    static const char next[] = "\n-- migrate:next";
    char *statement = migration->up;
    while (statement != NULL) {
        char *end = strstr(statement, next);
        if (end != NULL)
            *end = '\0';
        enum outcome outcome = run(session, migration->script->name, statement);
        if (end != NULL)
            *end = '\n';
        if (outcome != OUTCOME_DONE)
            return outcome;
        statement = end == NULL ? NULL : end + sizeof next - 1;
    }
    return record(session, migration);
}

/* Waiting long for a lock would queue every later request behind it, so the wait is short and repeated. */
static bool apply(struct pg_session *session, const struct migration *migration)
{
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        enum outcome outcome =
            migration->in_transaction ? apply_in_transaction(session, migration) : apply_one_by_one(session, migration);
        if (outcome != OUTCOME_LOCKED)
            return outcome == OUTCOME_DONE;
        sleep(1);
    }
    fprintf(stderr, "yibaod: %s: a table it needs stays locked; run migrate again\n", migration->script->name);
    return false;
}

static bool make_table(struct pg_session *session, const char *directory)
{
    struct script table;
    if (!script_read(&table, directory, "schema_migration.sql"))
        return false;
    bool is_made = pg_session_run(session, table.text);
    script_free(&table);
    return is_made;
}

static bool apply_migrations(struct pg_session *session, const char *directory, struct migrate_report *report)
{
    struct migration_plan plan;
    if (!migration_plan_read(&plan, session, directory))
        return false;
    bool is_done = true;
    for (size_t i = 0; is_done && i < plan.count; i++) {
        if (plan.items[i].is_applied)
            continue;
        is_done = apply(session, &plan.items[i]);
        report->migrations_applied += is_done ? 1 : 0;
    }
    is_done = is_done && validation_run(session, &plan);
    migration_plan_free(&plan);
    return is_done;
}

/* In the order of their names: a function stands after those its declaration needs. */
static enum outcome apply_list(struct pg_session *session, const struct script_list *list)
{
    enum outcome outcome = run(session, "functions", BEGIN_PATIENT);
    for (size_t i = 0; outcome == OUTCOME_DONE && i < list->count; i++)
        outcome = run(session, list->items[i].name, list->items[i].text);
    if (outcome == OUTCOME_DONE)
        return run(session, "functions", "COMMIT");
    PQclear(PQexec(session->connection, "ROLLBACK"));
    return outcome;
}

static bool apply_functions(struct pg_session *session, const char *directory, struct migrate_report *report)
{
    char functions[4096];
    snprintf(functions, sizeof functions, "%s/functions", directory);
    struct script_list list;
    if (!script_list_read(&list, functions, ".sql"))
        return false;
    enum outcome outcome = apply_list(session, &list);
    for (int attempt = 1; outcome == OUTCOME_LOCKED && attempt < ATTEMPTS; attempt++) {
        sleep(1);
        outcome = apply_list(session, &list);
    }
    report->functions_applied = list.count;
    script_list_free(&list);
    if (outcome == OUTCOME_LOCKED)
        fprintf(stderr, "yibaod: functions: what they need stays locked; run migrate again\n");
    return outcome == OUTCOME_DONE;
}

bool migrate_run(struct pg_session *session, const char *directory, struct migrate_report *report)
{
    *report = (struct migrate_report){0};
    return pg_session_run(session, "SET client_min_messages = warning") && make_table(session, directory) &&
           apply_migrations(session, directory, report) && apply_functions(session, directory, report) &&
           reference_load(session, directory, &report->rows_changed);
}

bool migrate_print_status(struct pg_session *session, const char *directory, bool *is_current)
{
    struct migration_plan plan;
    if (!migration_plan_read(&plan, session, directory))
        return false;
    *is_current = true;
    for (size_t i = 0; i < plan.count; i++) {
        printf("%s  %s\n", plan.items[i].is_applied ? "applied" : "pending", plan.items[i].script->name);
        *is_current = *is_current && plan.items[i].is_applied;
    }
    migration_plan_free(&plan);
    return true;
}
