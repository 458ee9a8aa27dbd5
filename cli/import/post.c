/* Posts the checked rows in short transactions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include "server/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOCK_TIMEOUT "'5s'" /* whoever waits longer lets go of the accounts it holds meanwhile, and tries again */
#define ATTEMPTS_MAX 6      /* of one slice: with the pauses (0.1, 0.2, … s) and lock_timeout about half a minute */
#define ATTEMPT_PAUSE_MS 100

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

/* Leaves a row out of its slice. A row may be refused for several entries, but counts once. */
static bool hold_back(struct shard *shard, const char *position, struct fault fault)
{
    PGresult *held = pg_session_query(
        &shard->session, "UPDATE import_checked SET is_ready = false WHERE position = $1::bigint AND is_ready", 1,
        &position);
    if (held == NULL) {
        return false;
    }
    if (strcmp(PQcmdTuples(held), "0") != 0) {
        fault_list_add(&shard->refused, fault);
    }
    PQclear(held);
    return true;
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
        struct fault fault = {.line = (uint32_t)sql_number(rows, i, COLUMN_LINE), .code = (uint16_t)code, .field = ""};
        if (!hold_back(shard, PQgetvalue(rows, i, COLUMN_POSITION), fault)) {
            return false;
        }
    }
    return true;
}

enum slice_outcome {
    SLICE_FAILED,
    SLICE_REFUSED, /* some rows, which are left out from now on */
    SLICE_LOST,    /* against another transaction: the same again */
    SLICE_LATE,    /* its instant is older than a write may be (as_of would change): a smaller one again */
    SLICE_POSTED,
};

static enum slice_outcome end_slice(struct shard *shard, const PGresult *rows, int64_t instant_monotonic_us)
{
    if (clock_monotonic_us() - instant_monotonic_us > shard->run->config->write_timeout_ms * 1000) {
        return pg_session_run(&shard->session, "ROLLBACK") ? SLICE_LATE : SLICE_FAILED;
    }
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
    /* Each statement sees what others committed before it: the posting must see what the locks waited for. */
    if (!pg_session_run(&shard->session, "BEGIN ISOLATION LEVEL READ COMMITTED")) {
        return SLICE_FAILED;
    }
    PGresult *rows = NULL;
    int64_t instant_monotonic_us = 0;
    const char *const *steps = shard->run->kind->post_steps;
    for (size_t i = 0; steps[i] != NULL; i++) {
        struct sql_params params;
        bool is_lost;
        PQclear(rows);
        instant_monotonic_us = clock_monotonic_us();
        run_params(shard->run, &params); /* anew: the step before may have waited for locks */
        params.from_position = from;
        params.to_position = to;
        rows = sql_execute(&shard->session, steps[i], &params, &is_lost);
        if (rows == NULL) {
            return is_lost && pg_session_run(&shard->session, "ROLLBACK") ? SLICE_LOST : SLICE_FAILED;
        }
    }
    enum slice_outcome outcome = end_slice(shard, rows, instant_monotonic_us);
    PQclear(rows);
    return outcome;
}

/* Makes a late slice smaller, and waits before the same again. False when it was in vain too often. */
static bool prepare_again(enum slice_outcome outcome, int64_t rows_tried, int64_t *slice_rows, unsigned *attempt)
{
    if (outcome == SLICE_LATE && rows_tried > 1) {
        *slice_rows = rows_tried / 2;
        return true;
    }
    long pause_ms = (long)ATTEMPT_PAUSE_MS << *attempt;
    struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
    return ++*attempt < ATTEMPTS_MAX;
}

static bool post_slices(struct shard *shard)
{
    int64_t slice_rows = shard->run->config->import_slice_rows;
    unsigned attempt = 0;
    for (int64_t from = 0; from < shard->last_position;) {
        int64_t to = from + slice_rows < shard->last_position ? from + slice_rows : shard->last_position;
        enum slice_outcome outcome = post_slice(shard, from, to);
        switch (outcome) {
        case SLICE_FAILED:
            return false;
        case SLICE_REFUSED:
            break;
        case SLICE_LOST:
        case SLICE_LATE:
            if (!prepare_again(outcome, to - from, &slice_rows, &attempt)) {
                return false;
            }
            break;
        case SLICE_POSTED:
            atomic_fetch_add(&shard->run->progress.done, (uint64_t)(to - from));
            from = to;
            attempt = 0;
            break;
        }
    }
    return true;
}

static void *post_shard(void *argument)
{
    struct shard *shard = argument;
    shard->failed = !(pg_session_run(&shard->session, "SET lock_timeout = " LOCK_TIMEOUT) && prepare_steps(shard) &&
                      post_slices(shard));
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
