/* One import from the first byte to the last posting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/run.h"
#include "cli/commands.h"
#include "cli/db_directory.h"
#include "cli/deployment.h"
#include "server/clock.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

void run_params(const struct import_run *run, struct sql_params *params)
{
    int64_t instant_us = clock_business_us();
    *params = (struct sql_params){
        .instant_us = instant_us,
        .business_date = clock_date_of(instant_us),
        .hash_algorithm = run->config->chain_hash,
        .import_run_id = run->import_run_id,
        .event_id = uuid_make(uuid_random_key()),
        .real_instant_us = clock_real_us(),
    };
}

static void wait_for(struct import_run *run, pthread_t thread)
{
    struct timespec until;
    do {
        progress_draw(&run->progress);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    } while (pthread_timedjoin_np(thread, NULL, &until) == ETIMEDOUT);
}

bool run_in_parallel(struct import_run *run, void *(*work)(void *shard))
{
    pthread_t threads[CONNECTIONS_MAX];
    unsigned started = 0;
    for (; started < run->shards_count; started++) {
        run->shards[started].failed = true;
        if (pthread_create(&threads[started], NULL, work, &run->shards[started]) != 0) {
            fputs("yibaod import: no thread could be started\n", stderr);
            break;
        }
    }
    bool ok = started == run->shards_count;
    for (unsigned i = 0; i < started; i++) {
        wait_for(run, threads[i]);
        ok = ok && !run->shards[i].failed;
    }
    return ok;
}

/* One import at a time. */
static bool lock_imports(struct import_run *run)
{
    char sql[80];
    snprintf(sql, sizeof(sql), "SELECT pg_try_advisory_lock(%d, 0)", IMPORT_LOCK);
    PGresult *lock = pg_session_query(&run->control, sql, 0, NULL);
    bool is_free = lock != NULL && PQgetvalue(lock, 0, 0)[0] == 't';
    PQclear(lock);
    if (lock == NULL || is_free) {
        return is_free;
    }
    fputs("yibaod import: waiting for another import to end\n", stderr);
    snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%d, 0)", IMPORT_LOCK);
    return pg_session_run(&run->control, "SET lock_timeout = 0; SET statement_timeout = 0") &&
           pg_session_run(&run->control, sql);
}

static bool open_control(struct import_run *run)
{
    const char *error = NULL;
    if (!db_directory_find(run->options->db, run->db_directory, sizeof(run->db_directory)) ||
        !pg_session_open(&run->control, run->config->database_url, "yibao_app") ||
        !deployment_check(&run->control, run->config)) {
        return false;
    }
    if (!lock_imports(run)) {
        return false;
    }
    /* Only now: no key that people are looked up by changes its stage while an import has the lock. */
    run->keyring = keyring_open(&run->control, run->config->master_key_file, &error);
    if (run->keyring == NULL) {
        fprintf(stderr, "yibaod import: %s\n", error);
    }
    return run->keyring != NULL;
}

static bool write_report(const struct import_run *run)
{
    const struct import_options *options = run->options;
    char path[4096];
    bool is_wanted =
        options->report_path != NULL || (options->job == NULL && options->skip_invalid && run->faults.count > 0);
    if (!is_wanted) {
        return true;
    }
    snprintf(path, sizeof(path), "%s.report.csv", options->path);
    const char *target = options->report_path == NULL ? path : options->report_path;
    bool written = fault_list_write(&run->faults, target);
    if (written) {
        fprintf(stderr, "report: %s\n", target);
    }
    return written;
}

static void print_summary(const struct import_run *run)
{
    double seconds = (double)(clock_monotonic_us() - run->started_us) / 1e6;
    uint64_t errors_rows = run->rows_total - run->rows_ready - run->rows_unchanged;
    printf("%s: %" PRIu64 " rows, %" PRIu64 " %s, %" PRIu64 " unchanged, %" PRIu64 " invalid, %" PRIu64
           " warnings; %.1f s, %.0f rows/s\n",
           run->kind->name, run->rows_total, run->options->dry_run ? run->rows_ready : run->rows_stored,
           run->options->dry_run ? "would be stored (dry run)" : "stored", run->rows_unchanged, errors_rows,
           fault_list_warnings(&run->faults), seconds, (double)run->rows_total / (seconds > 0 ? seconds : 1));
}

static int refuse(struct import_run *run, const char *why)
{
    fputs(why, stderr);
    bool recorded = record_state(run, "refused", true);
    (void)recorded; /* it is refused either way */
    return EXIT_CODE_FAILED;
}

static int post(struct import_run *run)
{
    if (!record_state(run, "posting", false)) {
        return EXIT_CODE_FAILED;
    }
    uint64_t errors_before = fault_list_errors(&run->faults);
    if (!post_rows(run)) {
        record_state(run, "failed", true);
        fputs("the import stopped half-way: run it again, and it will be finished\n", stderr);
        return EXIT_CODE_FAILED;
    }
    uint64_t refused = fault_list_errors(&run->faults) - errors_before;
    if (refused > 0) {
        run->rows_ready -= refused;
        fault_list_print(&run->faults);
        fprintf(stderr, "%" PRIu64 " rows were refused by the ledger while posting; the others are stored\n", refused);
    }
    bool ok = record_state(run, "done", true) && (refused == 0 || (write_report(run) && job_store_faults(run)));
    print_summary(run);
    return ok && (refused == 0 || run->options->skip_invalid) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int finish(struct import_run *run)
{
    fault_list_print(&run->faults);
    if (!write_report(run) || !job_store_faults(run)) {
        record_state(run, "failed", true);
        return EXIT_CODE_FAILED;
    }
    bool has_errors = fault_list_errors(&run->faults) > 0;
    if (has_errors && !run->options->skip_invalid) {
        print_summary(run);
        return refuse(run, "nothing was stored: correct the rows, or leave them out with --skip-invalid\n");
    }
    if (run->options->dry_run) {
        print_summary(run);
        return record_state(run, "done", true) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    }
    if (run->options->job != NULL && !job_is_as_approved(run)) {
        return refuse(run, "nothing was stored: it is not what was approved\n");
    }
    return post(run);
}

static int run_opened(struct import_run *run)
{
    if (!open_control(run)) {
        return EXIT_CODE_FAILED;
    }
    if (run->options->job != NULL && !job_open_source(run)) {
        return EXIT_CODE_NO_FILE;
    }
    if (!record_open(run)) {
        return EXIT_CODE_FAILED;
    }
    run->business_date = clock_date_of(clock_business_us()); /* of now: it may have waited over midnight */
    if (!stage_open(run) || !stage_file(run) || !check_rows(run) || !record_check(run)) {
        job_store_faults(run);
        record_state(run, "failed", true);
        return EXIT_CODE_FAILED;
    }
    return finish(run);
}

/* Writing the report must not destroy the file. */
static bool report_is_elsewhere(const struct import_options *options)
{
    struct stat file;
    struct stat report;
    bool is_same = options->report_path != NULL && stat(options->path, &file) == 0 &&
                   stat(options->report_path, &report) == 0 && file.st_dev == report.st_dev &&
                   file.st_ino == report.st_ino;
    if (is_same) {
        fputs("yibaod import: --report names the file to import\n", stderr);
    }
    return !is_same;
}

int import_run(const struct config *config, const struct import_options *options)
{
    struct import_run run = {
        .config = config,
        .options = options,
        .kind = options->kind,
        .started_us = clock_monotonic_us(),
    };
    if (!report_is_elsewhere(options)) {
        return EXIT_CODE_USAGE;
    }
    if (options->job != NULL ? !job_begin(&run) : !source_open(&run.source, options->path)) {
        return EXIT_CODE_FAILED;
    }
    int code = run_opened(&run);
    stage_close(&run);
    fault_list_fini(&run.faults);
    if (run.keyring != NULL) {
        keyring_close(run.keyring);
    }
    if (run.control.connection != NULL) {
        pg_session_close(&run.control);
    }
    source_close(&run.source);
    return code;
}
