/* Takes imports under a lease, runs their two phases, keeps the lease alive, notes the outcome. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import_job.h"
#include "cli/commands.h"
#include "cli/import_child.h"
#include "server/clock.h"
#include "server/log.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define POLL_US (2 * SECOND_US) /* how late another process's job, or a decision made there, is noticed */
#define LEASE_US (15 * SECOND_US)
#define HEARTBEAT_US (3 * SECOND_US)
#define CHILD_POLL_MS 100
#define RUNS_MAXIMUM 20 /* of one phase that were interrupted, or leases of runs that left no trace */
#define TIDY_EVERY_US (600 * SECOND_US)
#define KEEP_FAULTS_US (30 * 24 * 3600 * SECOND_US)

struct import_jobs {
    const struct config *config;
    const struct spool *spool;
    char owner[UUID_TEXT_LENGTH + 1];
    char spool_id[UUID_TEXT_LENGTH + 1];
    int64_t tidy_due_us;
};

struct job {
    const struct import_jobs *jobs;
    struct worker *worker;
    struct uuid id;
    const char *id_text;
    const char *fencing;
    struct import_child child;
    char path[4096];
    bool is_check;
    bool is_dry_run;        /* asked for: the job ends with its check */
    int64_t started_us;     /* real */
    int64_t lease_until_us; /* monotonic */
    int64_t heartbeat_us;   /* monotonic: next */
    int status;             /* of the child that has ended by itself, as waitpid(2) gives it */
};

enum ending { ENDING_CHILD, ENDING_STOP, ENDING_LOST, ENDING_CANCELLED };

struct import_jobs *import_jobs_open(const struct config *config, const struct spool *spool)
{
    struct import_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs == NULL)
        return NULL;
    jobs->config = config;
    jobs->spool = spool;
    uuid_format(uuid_make(uuid_random_key()), jobs->owner);
    uuid_format(spool_id(spool), jobs->spool_id);
    return jobs;
}

void import_jobs_close(struct import_jobs *jobs)
{
    free(jobs);
}

/* Over a restart of PostgreSQL: the lease may still be ours afterwards. */
static PGresult *ask(const struct job *job, const char *sql, int params_count, const char *const *params)
{
    return worker_connect(job->worker) ? worker_query(job->worker, sql, params_count, params) : NULL;
}

static enum ending beat(struct job *job)
{
    char until[33];
    int64_t now_us = clock_monotonic_us();
    instant_format(clock_real_us() + LEASE_US, until);
    const char *values[] = {job->id_text, job->fencing, until};
    PGresult *kept = ask(job, "SELECT is_cancel_wanted FROM job_heartbeat($1, $2, $3)", 3, values);
    bool is_ours = kept == NULL ? clock_monotonic_us() <= job->lease_until_us : PQntuples(kept) == 1;
    bool is_unwanted = kept != NULL && is_ours && job->is_check && PQgetvalue(kept, 0, 0)[0] == 't';
    job->heartbeat_us = clock_monotonic_us() + HEARTBEAT_US;
    if (kept != NULL)
        job->lease_until_us = now_us + LEASE_US;
    PQclear(kept);
    return !is_ours ? ENDING_LOST : is_unwanted ? ENDING_CANCELLED : ENDING_CHILD;
}

static void end_child(pid_t pid, int number)
{
    int status;
    kill(pid, number);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
}

static enum ending watch(struct job *job, pid_t pid)
{
    for (;;) {
        if (waitpid(pid, &job->status, WNOHANG) != 0)
            return ENDING_CHILD;
        struct pollfd stop = {.fd = worker_stop_fd(job->worker), .events = POLLIN};
        if (poll(&stop, 1, CHILD_POLL_MS) > 0) {
            end_child(pid, SIGTERM);
            return ENDING_STOP;
        }
        enum ending ending = clock_monotonic_us() >= job->heartbeat_us ? beat(job) : ENDING_CHILD;
        log_flush();
        if (ending != ENDING_CHILD) {
            end_child(pid, ending == ENDING_LOST ? SIGKILL : SIGTERM);
            return ending;
        }
    }
}

static void settle(struct job *job, const char *outcome, const char *failure)
{
    char now[33];
    char proposal_id[UUID_TEXT_LENGTH + 1];
    instant_format(clock_real_us(), now);
    uuid_format(uuid_make(uuid_random_key()), proposal_id);
    const char *values[] = {job->id_text, job->fencing, now, outcome, failure, proposal_id};
    PGresult *settled = ask(job, "SELECT state FROM job_settle($1, $2, $3, $4, $5, $6)", 6, values);
    const char *state = settled != NULL && PQntuples(settled) == 1 ? PQgetvalue(settled, 0, 0) : "unknown";
    LOG(LOG_INFO, "job_settled", LOG_TEXT("job_id", span_of(job->id_text)), LOG_TEXT("state", span_of(state)),
        LOG_TEXT("failure", span_of(failure == NULL ? "none" : failure)));
    if (strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0)
        spool_remove(job->jobs->spool, job->id);
    PQclear(settled);
}

/* The child has ended without an outcome. When the lease ends somebody tries again: what was short then may be there.
 */
static void leave(struct job *job, long runs)
{
    LOG(LOG_WARNING, "job_not_finished", LOG_TEXT("job_id", span_of(job->id_text)),
        LOG_INT("exit_code", WIFEXITED(job->status) ? WEXITSTATUS(job->status) : -1),
        LOG_INT("signal", WIFSIGNALED(job->status) ? WTERMSIG(job->status) : 0), LOG_INT("runs", runs));
    if (runs >= RUNS_MAXIMUM)
        settle(job, "failed", "interrupted");
}

/* What the child has written of itself. */
static void judge(struct job *job)
{
    char since[33];
    instant_format(job->started_us, since);
    const char *values[] = {job->id_text, since, job->is_check ? "true" : "false"};
    PGresult *run = ask(job,
                        "SELECT run.state, EXISTS (SELECT FROM job_fault WHERE job_id = $1 AND code = "
                        "'header_unusable'), (SELECT count(*) FROM import_run WHERE job_id = $1 AND dry_run = "
                        "$3::boolean) FROM import_run AS run WHERE run.job_id = $1 AND run.started_at >= $2 "
                        "ORDER BY run.started_at DESC LIMIT 1",
                        3, values);
    if (run == NULL)
        return; /* the lease ends, and somebody tries again */
    const char *state = PQntuples(run) == 0 ? "none" : PQgetvalue(run, 0, 0);
    if (WIFEXITED(job->status) && WEXITSTATUS(job->status) == EXIT_CODE_NO_FILE)
        settle(job, "failed", "file_lost");
    else if (strcmp(state, "none") == 0)
        leave(job, strtol(job->fencing, NULL, 10));
    else if (strcmp(state, "done") == 0)
        settle(job, job->is_check && !job->is_dry_run ? "checked" : "done", NULL);
    else if (strcmp(state, "refused") == 0)
        settle(job, "failed", job->is_check ? "invalid_rows" : "check_outdated");
    else if (PQgetvalue(run, 0, 1)[0] == 't')
        settle(job, "failed", "unreadable");
    else
        leave(job, strtol(PQgetvalue(run, 0, 2), NULL, 10));
    PQclear(run);
}

static void run(struct job *job)
{
    spool_path(job->jobs->spool, job->id, job->path, sizeof job->path);
    job->child.path = job->path;
    job->started_us = clock_real_us();
    if (!spool_sync(job->jobs->spool, job->id)) {
        settle(job, "failed", "file_lost");
        return;
    }
    pid_t pid = import_child_start(job->jobs->config, &job->child);
    LOG(pid > 0 ? LOG_INFO : LOG_WARNING, pid > 0 ? "job_started" : "job_not_started",
        LOG_TEXT("job_id", span_of(job->id_text)));
    log_flush();
    if (pid <= 0)
        return; /* the lease ends, and somebody tries again */
    switch (watch(job, pid)) {
    case ENDING_CHILD:
        judge(job);
        return;
    case ENDING_STOP:
        settle(job, "again", NULL);
        return;
    case ENDING_CANCELLED:
        settle(job, "cancelled", NULL);
        return;
    case ENDING_LOST:
        LOG(LOG_WARNING, "job_lease_lost", LOG_TEXT("job_id", span_of(job->id_text)));
        return;
    }
}

/* True when there was one. */
static bool run_next(const struct import_jobs *jobs, struct worker *worker)
{
    char now[33];
    char until[33];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    const char *values[] = {now, jobs->owner, until, jobs->spool_id};
    PGresult *row = worker_query(worker,
                                 "SELECT job_id, fencing, phase, replace(parameters ->> 'kind', '_', '-'), "
                                 "parameters ->> 'dry_run', parameters ->> 'skip_invalid', regions "
                                 "FROM job_lease($1, $2, $3, $4)",
                                 4, values);
    bool found = row != NULL && PQntuples(row) == 1;
    if (found) {
        struct job job = {
            .jobs = jobs,
            .worker = worker,
            .id_text = PQgetvalue(row, 0, 0),
            .fencing = PQgetvalue(row, 0, 1),
            .is_check = strcmp(PQgetvalue(row, 0, 2), "checking") == 0,
            .is_dry_run = strcmp(PQgetvalue(row, 0, 4), "true") == 0,
            .lease_until_us = clock_monotonic_us() + LEASE_US,
            .heartbeat_us = clock_monotonic_us() + HEARTBEAT_US,
        };
        job.child = (struct import_child){.kind = PQgetvalue(row, 0, 3),
                                          .job_id = job.id_text,
                                          .regions = PQgetvalue(row, 0, 6),
                                          .dry_run = job.is_check,
                                          .skip_invalid = strcmp(PQgetvalue(row, 0, 5), "true") == 0};
        if (uuid_parse(span_of(job.id_text), &job.id))
            run(&job);
    }
    PQclear(row);
    return found;
}

/* Whether a file is still needed; unless PostgreSQL says otherwise it is. */
static bool is_wanted(void *cls, struct uuid id)
{
    char text[UUID_TEXT_LENGTH + 1];
    uuid_format(id, text);
    const char *values[] = {text};
    PGresult *found = worker_query(cls,
                                   "SELECT EXISTS (SELECT FROM job WHERE job_id = $1 AND state IN ('waiting', "
                                   "'running', 'awaiting_approval'))",
                                   1, values);
    bool is = found == NULL || PQgetvalue(found, 0, 0)[0] == 't';
    PQclear(found);
    return is;
}

static void tidy_faults(struct worker *worker)
{
    char before[33];
    instant_format(clock_real_us() - KEEP_FAULTS_US, before);
    const char *values[] = {before};
    PQclear(worker_query(worker,
                         "DELETE FROM job_fault WHERE job_id IN (SELECT job_id FROM job WHERE finished_at < $1 AND "
                         "EXISTS (SELECT FROM job_fault WHERE job_fault.job_id = job.job_id) LIMIT 1)",
                         1, values));
}

int64_t import_jobs_turn(void *state, struct worker *worker)
{
    struct import_jobs *jobs = state;
    spool_sweep(jobs->spool, is_wanted, worker);
    if (clock_monotonic_us() >= jobs->tidy_due_us) {
        jobs->tidy_due_us = clock_monotonic_us() + TIDY_EVERY_US;
        tidy_faults(worker);
    }
    return !worker_is_stopping(worker) && run_next(jobs, worker) ? 0 : POLL_US;
}
