/* Walks over the keys of persons in slices, stage by stage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/slices.h"
#include "cli/audit/state.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 24
#define NAME_BYTES 64

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
    char check[NAME_BYTES];
    snprintf(check, sizeof check, "%.*s", (int)strcspn(name, "."), name);
    for (int row = 0; row < PQntuples(rows); row++)
        report_add_fault(report, check, text_or(rows, row, 0, "?"), text_or(rows, row, 1, "?"),
                         text_or(rows, row, 2, "?"), text_or(rows, row, 3, "null"), text_or(rows, row, 4, "null"));
    PQclear(rows);
    return true;
}

/* INT64_MAX: what is left is the last slice. */
static bool find_end(struct pg_session *session, const char *range, int64_t from, int64_t *to)
{
    PGresult *rows = execute(session, range, from, NULL);
    if (rows == NULL)
        return false;
    *to = PQgetisnull(rows, 0, 0) ? INT64_MAX : strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
    PQclear(rows);
    return true;
}

static bool walk_slice(struct pg_session *session, const struct script_list *checks, int64_t to, struct audit *audit)
{
    if (audit->stage == STAGE_PEOPLE && !add_totals(session, audit->from, to, &audit->report))
        return false;
    for (size_t i = 0; i < checks->count; i++) {
        if (!add_faults(session, checks->items[i].name, audit->from, to, &audit->report))
            return false;
    }
    return true;
}

static bool walk_stage(struct pg_session *session, const struct script *range, const struct script_list *checks,
                       struct audit *audit, struct progress *progress)
{
    progress_begin_stage(progress, audit);
    int64_t to = INT64_MIN;
    while (to != INT64_MAX) {
        if (!find_end(session, range->name, audit->from, &to) || !walk_slice(session, checks, to, audit))
            return false;
        bool is_end = to == INT64_MAX;
        audit->from = is_end ? INT64_MIN : to + 1;
        progress_show(progress, audit, is_end);
        if (is_end)
            audit->stage = audit->stage == STAGE_PEOPLE ? STAGE_WIDE : STAGE_DONE;
        if (!state_save_sometimes(audit))
            return false;
    }
    return true;
}

/* Without statistics, as after a great import, the planner would read whole tables for each slice. */
#define BEGIN_SQL "SET jit = off; BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
#define PEOPLE_SQL "SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '64MB'"
/* Here it takes ranges of computed keys for small ones, and would look for millions of them one by one. */
#define WIDE_SQL "SET LOCAL enable_seqscan = on; SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'"

bool slices_run(struct pg_session *session, const struct checks *checks, struct audit *audit, struct progress *progress)
{
    if (audit->stage == STAGE_DONE)
        return true;
    audit->report.snapshots++;
    if (!pg_session_run(session, BEGIN_SQL) || !checks_prepare(checks, session))
        return false;
    if (audit->stage == STAGE_PEOPLE && (!pg_session_run(session, PEOPLE_SQL) ||
                                         !walk_stage(session, &checks->people_range, &checks->people, audit, progress)))
        return false;
    if (audit->stage == STAGE_WIDE && (!pg_session_run(session, WIDE_SQL) ||
                                       !walk_stage(session, &checks->wide_range, &checks->wide, audit, progress)))
        return false;
    return pg_session_run(session, "COMMIT");
}
