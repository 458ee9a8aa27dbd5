/* Takes jobs under a lease and does them slice by slice, each in a transaction that proves the lease first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs/sliced_jobs.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/pg/sqlstate.h"
#include "server/uuid.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define POLL_US (2 * SECOND_US) /* how late another process's job, or a decision made there, is noticed */
/* A slice ends before it (statement_timeout is 10 s), and renews it. While it runs it holds the job's row as well. */
#define LEASE_US (15 * SECOND_US)
#define CONFLICTS_MAXIMUM 5            /* of one slice, under one lease: 0.1 + 0.2 + … + 1.6 s, far below the lease */
#define CONFLICT_PAUSE_MS 100          /* after the first, doubled each time */
#define ATTEMPTS_MAXIMUM 30            /* leases without a slice: some 25 minutes */
#define AGAIN_FIRST_US (SECOND_US / 4) /* until the next lease, doubled each time up to … */
#define AGAIN_LAST_US (60 * SECOND_US) /* … this */

struct sliced_jobs {
    const struct config *config;
    char owner[UUID_TEXT_LENGTH + 1];
};

struct job {
    const struct sliced_jobs *jobs;
    struct worker *worker;
    const char *id_text;
    const char *kind;
    const char *fencing;
    unsigned attempts;
    unsigned conflicts; /* of the slice that is due */
};

struct sliced_jobs *sliced_jobs_open(const struct config *config)
{
    struct sliced_jobs *jobs = calloc(1, sizeof *jobs);
    if (jobs == NULL)
        return NULL;
    jobs->config = config;
    uuid_format(uuid_make(uuid_random_key()), jobs->owner);
    return jobs;
}

void sliced_jobs_close(struct sliced_jobs *jobs)
{
    free(jobs);
}

static void note(const struct job *job, enum log_level level, const char *event, const char *key, const char *value)
{
    LOG(level, event, LOG_TEXT("job_id", span_of(job->id_text)), LOG_TEXT("kind", span_of(job->kind)),
        LOG_TEXT(key, span_of(value)));
    log_flush();
}

/* Over a restart of PostgreSQL: the lease may still be ours afterwards. */
static PGresult *ask(const struct job *job, const char *sql, int params_count, const char *const *params)
{
    return worker_connect(job->worker) ? worker_query(job->worker, sql, params_count, params) : NULL;
}

static int64_t again_after_us(unsigned attempts)
{
    int64_t pause_us = AGAIN_FIRST_US;
    for (unsigned i = 1; i < attempts && pause_us < AGAIN_LAST_US; i++)
        pause_us *= 2;
    return pause_us < AGAIN_LAST_US ? pause_us : AGAIN_LAST_US;
}

/* Where even that does not succeed, the lease ends by itself, and somebody tries again. */
static void give_up(const struct job *job, int64_t pause_us, const char *failure)
{
    char now[33];
    char next[33];
    instant_format(clock_real_us(), now);
    instant_format(clock_real_us() + pause_us, next);
    const char *values[] = {job->id_text, job->fencing, now, next, failure};
    PGresult *given = ask(job, "SELECT state FROM job_give_up($1, $2, $3, $4, $5)", 5, values);
    const char *state = given != NULL && PQntuples(given) == 1 ? PQgetvalue(given, 0, 0) : "unknown";
    note(job, failure == NULL ? LOG_INFO : LOG_ERROR, failure == NULL ? "job_given_back" : "job_failed",
         failure == NULL ? "state" : "failure", failure == NULL ? state : failure);
    PQclear(given);
}

/* True when the same slice may be tried again at once; otherwise the lease is over. */
static bool survives(struct job *job, const char *sqlstate)
{
    note(job, LOG_WARNING, "job_slice_failed", "sqlstate", sqlstate[0] == '\0' ? "none" : sqlstate);
    metrics_count(METRIC_JOB_SLICE_FAILED);
    if (sqlstate[0] == '\0')
        return false; /* whether it was committed is not known: whoever comes next reads how far the job is */
    switch (sqlstate_failure(sqlstate)) {
    case FAILURE_RETRY:
        if (++job->conflicts <= CONFLICTS_MAXIMUM) {
            struct pollfd stop = {.fd = worker_stop_fd(job->worker), .events = POLLIN};
            poll(&stop, 1, CONFLICT_PAUSE_MS << (job->conflicts - 1));
            return true;
        }
        break;
    case FAILURE_STALE_PLAN:
    case FAILURE_UNAVAILABLE:
    case FAILURE_READ_ONLY:
    case FAILURE_LOCKED:
    case FAILURE_TIMED_OUT:
        break;
    case FAILURE_UNREADABLE:
    case FAILURE_BUG:
        give_up(job, 0, "internal_error");
        return false;
    }
    give_up(job, again_after_us(job->attempts), NULL);
    return false;
}

/* True when there is more to do under this lease. */
static bool do_slice(struct job *job)
{
    char now[33];
    char until[33];
    char instant[33];
    char proposal_id[UUID_TEXT_LENGTH + 1];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    instant_format(clock_business_us(), instant);
    uuid_format(uuid_make(uuid_random_key()), proposal_id);
    const char *values[] = {job->id_text, job->fencing, now, until, instant, job->jobs->config->chain_hash,
                            proposal_id};
    PGresult *slice = ask(job, "SELECT outcome FROM job_slice($1, $2, $3, $4, $5, $6, $7)", 7, values);
    if (slice == NULL || PQntuples(slice) != 1) {
        PQclear(slice);
        return survives(job, worker_sqlstate(job->worker));
    }
    const char *outcome = PQgetvalue(slice, 0, 0);
    bool is_lost = strcmp(outcome, "lost") == 0;
    bool is_more = strcmp(outcome, "running") == 0;
    metrics_count(is_lost ? METRIC_JOB_SLICE_LOST : METRIC_JOB_SLICE_DONE);
    job->conflicts = 0;
    if (!is_lost)
        job->attempts = 1; /* a slice was committed */
    if (!is_more)
        note(job, is_lost ? LOG_WARNING : LOG_INFO, is_lost ? "job_lease_lost" : "job_settled", "state", outcome);
    PQclear(slice);
    return is_more;
}

static void run(struct job *job)
{
    note(job, LOG_INFO, "job_started", "fencing", job->fencing);
    if (job->attempts > ATTEMPTS_MAXIMUM) {
        give_up(job, 0, "interrupted");
        return;
    }
    while (do_slice(job))
        if (worker_is_stopping(job->worker)) {
            give_up(job, 0, NULL);
            return;
        }
}

/* True when there was one. */
static bool run_next(const struct sliced_jobs *jobs, struct worker *worker)
{
    char now[33];
    char until[33];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    const char *values[] = {now, jobs->owner, until};
    PGresult *row =
        worker_query(worker, "SELECT job_id, kind, fencing, attempts FROM job_lease_sliced($1, $2, $3)", 3, values);
    bool found = row != NULL && PQntuples(row) == 1;
    if (found) {
        struct job job = {
            .jobs = jobs,
            .worker = worker,
            .id_text = PQgetvalue(row, 0, 0),
            .kind = PQgetvalue(row, 0, 1),
            .fencing = PQgetvalue(row, 0, 2),
            .attempts = (unsigned)strtoul(PQgetvalue(row, 0, 3), NULL, 10),
        };
        run(&job);
    }
    PQclear(row);
    return found;
}

int64_t sliced_jobs_turn(void *state, struct worker *worker)
{
    char now[33];
    instant_format(clock_real_us(), now);
    const char *values[] = {now};
    PQclear(worker_query(worker, "SELECT job_follow_proposals($1)", 1, values));
    return !worker_is_stopping(worker) && run_next(state, worker) ? 0 : POLL_US;
}
