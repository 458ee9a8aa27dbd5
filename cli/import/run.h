/* One import from the first byte to the last posting, and what its parts share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/kind.h"
#include "cli/import/progress.h"
#include "cli/import/source.h"
#include "cli/import/sql.h"
#include "server/config.h"
#include "server/text.h"

struct import_options {
    const struct import_kind *kind;
    const char *path;
    const char *report_path; /* NULL: <path>.report.csv, written only with --skip-invalid */
    const char *db;          /* NULL: found by itself */
    bool dry_run;
    bool skip_invalid;
    const char *regions; /* comma-separated: rows of other pools are faults; NULL: every pool is allowed */
    const char *job;     /* id of the job it runs for, whose sealed file `path` is; NULL on the command line */
    const char *parent;  /* process id of the `yibaod serve` that runs the job */
};

#define CONNECTIONS_MAX 2
/* First number of the advisory locks: the second is 0 for the run, then one for each connection. */
#define IMPORT_LOCK 7309454

/* One connection with its own staging tables: all rows of a person meet in the same one. */
struct shard {
    struct import_run *run;
    struct pg_session session;
    struct text copy; /* bytes of COPY not sent yet */
    int64_t last_position;
    uint64_t rows_ready;
    uint64_t rows_unchanged;
    uint64_t rows_stored;
    int64_t amount_fen;
    struct fault_list refused; /* by the ledger, while posting */
    bool failed;
};

struct import_run {
    const struct config *config;
    const struct import_options *options;
    const struct import_kind *kind;
    char db_directory[4096];
    struct source source;
    struct pg_session control; /* holds the lock, and writes import_run */
    struct keyring *keyring;
    struct shard shards[CONNECTIONS_MAX];
    unsigned shards_count;
    struct fault_list faults;
    struct progress progress;
    struct uuid import_run_id;
    int32_t business_date; /* of the checks; each slice is posted with that of its own instant */
    uint64_t rows_total;
    uint64_t rows_ready;
    uint64_t rows_unchanged;
    uint64_t rows_stored;
    int64_t amount_fen;
    int64_t started_us; /* monotonic */
};

int import_run(const struct config *config, const struct import_options *options); /* an enum exit_code */

void run_params(const struct import_run *run,
                struct sql_params *params); /* with instants of now, their date, and a new event id */
/* Runs `work` for each shard, in parallel, drawing progress meanwhile. False when any failed. */
bool run_in_parallel(struct import_run *run, void *(*work)(void *shard));

/* stage.c */
bool stage_open(struct import_run *run); /* connections and staging tables */
bool stage_file(struct import_run *run); /* reads every row; false when the header or a connection is unusable */
void stage_close(struct import_run *run);
/* check.c: fills faults and the counts of rows */
bool check_rows(struct import_run *run);
/* post.c */
bool post_rows(struct import_run *run);
/* job.c: what only an import for a job does */
bool job_begin(struct import_run *run);       /* ends with the process that started it */
bool job_open_source(struct import_run *run); /* the keyring is open */
bool job_store_faults(struct import_run *run);
/* Whether what would be stored now, with what the job has stored already, is what somebody has approved. */
bool job_is_as_approved(struct import_run *run);
/* record.c: the row of import_run */
bool record_open(struct import_run *run);
bool record_check(struct import_run *run); /* what the check found: sums, pools, warnings */
bool record_state(struct import_run *run, const char *state, bool is_end);
