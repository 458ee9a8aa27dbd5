/* Posts the checked rows in short transactions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include <stdio.h>
#include <stdlib.h>

/* Columns of the last statement of a slice. */
enum { COLUMN_LINE, COLUMN_POSITION, COLUMN_CODE, COLUMN_ROWS_STORED, COLUMN_AMOUNT };

static bool prepare_steps(struct shard *shard)
{
    const struct import_kind *kind = shard->run->kind;
    bool ok = true;
    for (size_t i = 0; ok && kind->post_steps[i] != NULL; i++) {
        char *sql = sql_read(shard->run->db_directory, kind->run_kind, kind->post_steps[i]);
        ok = sql != NULL && sql_prepare(&shard->session, kind->post_steps[i], sql);
        free(sql);
    }
    return ok;
}

/* The ledger's refusals; `deferred` ones only shared an account with a refused one and come again. */
static bool note_refusals(struct shard *shard, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        if (PQgetisnull(rows, i, COLUMN_LINE) || strcmp(PQgetvalue(rows, i, COLUMN_CODE), "deferred") == 0) {
            continue;
        }
        enum fault_code code = fault_by_code(span_of(PQgetvalue(rows, i, COLUMN_CODE)));
        if (code == FAULT_NONE) {
            fprintf(stderr, "yibaod import: line %s: the ledger answers %s\n", PQgetvalue(rows, i, COLUMN_LINE),
                    PQgetvalue(rows, i, COLUMN_CODE));
            return false;
        }
        fault_list_add(&shard->refused, (struct fault){
                                            .line = (uint32_t)sql_number(rows, i, COLUMN_LINE),
                                            .code = (uint16_t)code,
                                            .field = "",
                                        });
        const char *position = PQgetvalue(rows, i, COLUMN_POSITION);
        PGresult *held = pg_session_query(
            &shard->session, "UPDATE import_checked SET is_ready = false WHERE position = $1::bigint", 1, &position);
        PQclear(held);
        if (held == NULL) {
            return false;
        }
    }
    return true;
}

enum slice_outcome { SLICE_FAILED, SLICE_REFUSED, SLICE_POSTED };

static enum slice_outcome end_slice(struct shard *shard, const PGresult *rows)
{
    bool has_refusals = PQntuples(rows) > 1;
    if (has_refusals) {
        bool noted = pg_session_run(&shard->session, "ROLLBACK") && note_refusals(shard, rows);
        return noted ? SLICE_REFUSED : SLICE_FAILED;
    }
    if (!pg_session_run(&shard->session, "COMMIT")) {
        return SLICE_FAILED;
    }
    shard->rows_stored += (uint64_t)sql_number(rows, 0, COLUMN_ROWS_STORED);
    shard->amount_fen += sql_number(rows, 0, COLUMN_AMOUNT);
    return SLICE_POSTED;
}

static enum slice_outcome post_slice(struct shard *shard, int64_t from, int64_t to)
{
    struct sql_params params;
    run_params(shard->run, &params);
    params.from_position = from;
    params.to_position = to;
    if (!pg_session_run(&shard->session, "BEGIN")) {
        return SLICE_FAILED;
    }
    PGresult *rows = NULL;
    const char *const *steps = shard->run->kind->post_steps;
    for (size_t i = 0; steps[i] != NULL; i++) {
        PQclear(rows);
        rows = sql_execute(&shard->session, steps[i], &params);
        if (rows == NULL) {
            return SLICE_FAILED;
        }
    }
    enum slice_outcome outcome = end_slice(shard, rows);
    PQclear(rows);
    return outcome;
}

static void *post_shard(void *argument)
{
    struct shard *shard = argument;
    int64_t slice_rows = shard->run->config->import_slice_rows;
    bool ok = prepare_steps(shard);
    for (int64_t from = 0; ok && from < shard->last_position;) {
        int64_t to = from + slice_rows < shard->last_position ? from + slice_rows : shard->last_position;
        enum slice_outcome outcome = post_slice(shard, from, to);
        ok = outcome != SLICE_FAILED;
        if (outcome == SLICE_POSTED) {
            atomic_fetch_add(&shard->run->progress.done, (uint64_t)(to - from));
            from = to;
        }
    }
    shard->failed = !ok;
    return NULL;
}

bool post_rows(struct import_run *run)
{
    uint64_t positions = 0;
    for (unsigned i = 0; i < run->shards_count; i++) {
        positions += (uint64_t)run->shards[i].last_position;
    }
    progress_start(&run->progress, "posting", positions);
    bool ok = run_in_parallel(run, post_shard);
    progress_end(&run->progress);
    for (unsigned i = 0; i < run->shards_count; i++) {
        struct shard *shard = &run->shards[i];
        run->rows_stored += shard->rows_stored;
        run->amount_fen += shard->amount_fen;
        fault_list_move(&run->faults, &shard->refused);
    }
    fault_list_sort(&run->faults);
    return ok;
}
