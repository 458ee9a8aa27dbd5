/* The row of import_run: what was imported when, and how far it got. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include "server/clock.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME_BYTES_MAX 255

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    return strlen(name) > FILE_NAME_BYTES_MAX ? "(name too long)" : name;
}

static void format_sha256(const struct source *source, char out[2 * FINGERPRINT_BYTES + 1])
{
    for (size_t i = 0; i < FINGERPRINT_BYTES; i++) {
        snprintf(out + 2 * i, 3, "%02x", source->sha256[i]);
    }
}

bool record_open(struct import_run *run)
{
    char id[UUID_TEXT_LENGTH + 1];
    char sha256[2 * FINGERPRINT_BYTES + 1];
    char instant[33];
    char now[33];
    run->import_run_id = uuid_make(uuid_random_key());
    uuid_format(run->import_run_id, id);
    format_sha256(&run->source, sha256);
    instant_format(clock_business_us(), instant);
    instant_format(clock_real_us(), now);
    const char *ended[] = {now};
    const char *opened[] = {id,
                            run->kind->run_kind,
                            sha256,
                            base_name(run->options->path),
                            run->options->skip_invalid ? "true" : "false",
                            run->options->dry_run ? "true" : "false",
                            instant,
                            now,
                            run->options->job};
    /* This run holds the lock, so a run that looks alive was killed. */
    PGresult *marked = pg_session_query(&run->control,
                                        "UPDATE import_run SET state = 'failed', finished_at = $1, updated_at = $1 "
                                        "WHERE state IN ('checking', 'posting')",
                                        1, ended);
    PGresult *inserted = pg_session_query(
        &run->control,
        "INSERT INTO import_run (import_run_id, kind, file_sha256, file_name, skip_invalid, dry_run, state, "
        "posting_instant, started_at, updated_at, job_id) VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, 'checking', "
        "$7, "
        "$8, $8, $9)",
        9, opened);
    bool ok = marked != NULL && inserted != NULL;
    PQclear(marked);
    PQclear(inserted);
    return ok;
}

bool record_state(struct import_run *run, const char *state, bool is_end)
{
    char id[UUID_TEXT_LENGTH + 1];
    char now[33];
    char total[24];
    char invalid[24];
    char unchanged[24];
    uuid_format(run->import_run_id, id);
    instant_format(clock_real_us(), now);
    snprintf(total, sizeof(total), "%" PRIu64, run->rows_total);
    snprintf(invalid, sizeof(invalid), "%" PRIu64, run->rows_total - run->rows_ready - run->rows_unchanged);
    snprintf(unchanged, sizeof(unchanged), "%" PRIu64, run->rows_unchanged);
    const char *values[] = {id, state, now, total, invalid, unchanged, is_end ? now : NULL};
    PGresult *updated =
        pg_session_query(&run->control,
                         "UPDATE import_run SET state = $2, updated_at = $3, rows_total = $4, rows_invalid = $5, "
                         "rows_unchanged = $6, finished_at = $7 WHERE import_run_id = $1",
                         7, values);
    PQclear(updated);
    return updated != NULL;
}

/* What one shard's rows come to is added to the run. */
static bool add_totals(struct import_run *run, struct shard *shard)
{
    char *sql = sql_read(run->db_directory, run->kind->run_kind, "totals");
    PGresult *totals = sql == NULL ? NULL : pg_session_query(&shard->session, sql, 0, NULL);
    free(sql);
    if (totals == NULL) {
        return false;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(run->import_run_id, id);
    const char *values[] = {id, PQgetvalue(totals, 0, 0), PQgetisnull(totals, 0, 1) ? NULL : PQgetvalue(totals, 0, 1)};
    PGresult *added = pg_session_query(
        &run->control,
        "UPDATE import_run SET due_fen = due_fen + $2::bigint, pool_codes = CASE WHEN $3::text[] IS NULL THEN "
        "pool_codes "
        "ELSE ARRAY(SELECT code FROM unnest(pool_codes || $3::text[]) AS code GROUP BY code ORDER BY code) END "
        "WHERE import_run_id = $1",
        3, values);
    bool ok = added != NULL;
    PQclear(added);
    PQclear(totals);
    return ok;
}

bool record_check(struct import_run *run)
{
    char id[UUID_TEXT_LENGTH + 1];
    char ready[24];
    char warnings[24];
    uuid_format(run->import_run_id, id);
    snprintf(ready, sizeof(ready), "%" PRIu64, run->rows_ready);
    snprintf(warnings, sizeof(warnings), "%" PRIu64, fault_list_warnings(&run->faults));
    const char *values[] = {id, ready, warnings};
    PGresult *updated = pg_session_query(
        &run->control, "UPDATE import_run SET rows_ready = $2, warnings = $3 WHERE import_run_id = $1", 3, values);
    bool ok = updated != NULL;
    PQclear(updated);
    for (unsigned i = 0; ok && i < run->shards_count; i++) {
        ok = add_totals(run, &run->shards[i]);
    }
    return ok;
}
