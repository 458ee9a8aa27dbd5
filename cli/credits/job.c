/* The job of a run: asked for as over HTTP, then done slice by slice under its lease, as `yibaod work` does it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "cli/credits/run.h"
#include "cli/deployment.h"
#include "cli/token/token.h"
#include "server/clock.h"
#include "server/pg/statement.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define LEASE_US (15 * SECOND_US) /* a slice ends before it (statement_timeout), and renews it */
#define AGAIN_US SECOND_US        /* until somebody tries again what has failed */

bool credits_open(struct credits_run *run)
{
    uuid_format(uuid_make(uuid_random_key()), run->owner);
    return pg_session_open(&run->session, run->config->database_url, "yibao_app") &&
           deployment_check(&run->session, run->config) &&
           pg_session_run(&run->session, "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET jit = off");
}

static bool refuse(const char *why)
{
    fprintf(stderr, "yibaod credits: %s\n", why);
    return false;
}

bool credits_ask(struct credits_run *run)
{
    char first_day[16];
    char created_by[UUID_TEXT_LENGTH + 1];
    char event_id[UUID_TEXT_LENGTH + 1];
    char business[33];
    char now[33];
    if (!access_covers(&run->actor, span_of(run->options->region)))
        return refuse("the region is not one of yours");
    uuid_format(uuid_make(uuid_random_key()), run->job_id);
    uuid_format(uuid_make(uuid_random_key()), event_id);
    uuid_format(run->actor.subject_id, created_by);
    snprintf(first_day, sizeof first_day, "%.7s-01", run->options->month);
    instant_format(clock_business_us(), business);
    instant_format(clock_real_us(), now);
    business[strlen("2026-01-31")] = '\0';
    const char *values[] = {
        [CREDIT_RUN_CREATE_PARAM_JOB_ID] = run->job_id,
        [CREDIT_RUN_CREATE_PARAM_REGION_CODE] = run->options->region,
        [CREDIT_RUN_CREATE_PARAM_MONTH] = first_day,
        [CREDIT_RUN_CREATE_PARAM_REASON] = run->options->reason,
        [CREDIT_RUN_CREATE_PARAM_DRY_RUN] = run->options->dry_run ? "true" : "false",
        [CREDIT_RUN_CREATE_PARAM_CREATED_BY] = created_by,
        [CREDIT_RUN_CREATE_PARAM_BUSINESS_DATE] = business,
        [CREDIT_RUN_CREATE_PARAM_INSTANT] = now,
        [CREDIT_RUN_CREATE_PARAM_EVENT_ID] = event_id,
        [CREDIT_RUN_CREATE_PARAM_REQUEST_ID] = NULL,
    };
    PGresult *made = token_query(run->config, STATEMENT_CREDIT_RUN_CREATE, values);
    bool is_made = made != NULL && strcmp(PQgetvalue(made, 0, CREDIT_RUN_CREATE_COLUMN_STATUS), "created") == 0;
    if (made != NULL && !is_made)
        refuse("the month has not begun, or no pool of the region has a plan");
    PQclear(made);
    return is_made;
}

/* The fencing number of a lease; empty: the job is not free. */
static bool lease(struct credits_run *run, char fencing[24])
{
    char now[33];
    char until[33];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    const char *values[] = {run->job_id, now, run->owner, until};
    PGresult *leased = pg_session_query(&run->session, "SELECT fencing FROM job_lease_one($1, $2, $3, $4)", 4, values);
    bool is_leased = leased != NULL && PQntuples(leased) == 1;
    snprintf(fencing, 24, "%s", is_leased ? PQgetvalue(leased, 0, 0) : "");
    PQclear(leased);
    return is_leased;
}

static void give_back(struct credits_run *run, const char *fencing, int64_t pause_us)
{
    char now[33];
    char next[33];
    instant_format(clock_real_us(), now);
    instant_format(clock_real_us() + pause_us, next);
    const char *values[] = {run->job_id, fencing, now, next};
    PQclear(pg_session_query(&run->session, "SELECT FROM job_give_up($1, $2, $3, $4, NULL)", 4, values));
}

static PGresult *do_slice(struct credits_run *run, const char *fencing)
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
    const char *values[] = {run->job_id, fencing, now, until, instant, run->config->chain_hash, proposal_id};
    return pg_session_query(&run->session,
                            "SELECT slice.outcome, slice.done, slice.total, coalesce(job.phase, '') FROM job, "
                            "job_slice(job_id, $2, $3, $4, $5, $6, $7) AS slice WHERE job.job_id = $1",
                            7, values);
}

enum credits_work credits_work(struct credits_run *run)
{
    char fencing[24];
    if (!lease(run, fencing))
        return WORK_NONE;
    for (;;) {
        PGresult *slice = do_slice(run, fencing);
        if (slice == NULL || PQntuples(slice) != 1) {
            PQclear(slice);
            give_back(run, fencing, AGAIN_US);
            return WORK_FAILED;
        }
        bool is_lost = strcmp(PQgetvalue(slice, 0, 0), "lost") == 0;
        bool is_more = strcmp(PQgetvalue(slice, 0, 0), "running") == 0;
        if (is_more)
            credits_draw(run, PQgetvalue(slice, 0, 3), strtoull(PQgetvalue(slice, 0, 1), NULL, 10),
                         strtoull(PQgetvalue(slice, 0, 2), NULL, 10));
        PQclear(slice);
        if (!is_more)
            return is_lost ? WORK_NONE : WORK_SETTLED;
        if (credits_pause(0)) {
            give_back(run, fencing, 0);
            return WORK_STOPPED;
        }
    }
}
