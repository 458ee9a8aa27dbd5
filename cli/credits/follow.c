/* Works and watches until a run is over, whoever does its slices: the check, the wait for an approval, the posting. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "cli/commands.h"
#include "cli/credits/run.h"
#include "server/clock.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOOK_EVERY_MS 300
#define FAILURES_MAXIMUM 30 /* in a row, with a second between: over a restart of PostgreSQL */
#define FAILURE_PAUSE_MS 1000

struct status {
    char state[24];
    char phase[16];
    char failure[40];
    char proposal_id[UUID_TEXT_LENGTH + 1];
    uint64_t done;
    uint64_t total;
    bool is_turned_down; /* the proposal; the job is cancelled next */
};

bool credits_pause(int milliseconds)
{
    static bool is_stopped;
    sigset_t signals;
    struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L};
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    is_stopped = is_stopped || sigtimedwait(&signals, NULL, &pause) > 0;
    return is_stopped;
}

void credits_draw(struct credits_run *run, const char *phase, uint64_t done, uint64_t total)
{
    const char *name = strcmp(phase, "posting") == 0 ? "posting" : "checking";
    if (run->drawn_phase != name) {
        credits_draw_end(run);
        progress_start(&run->progress, name, total);
        run->drawn_phase = name;
    }
    run->progress.total = total;
    atomic_store(&run->progress.done, done);
    progress_draw(&run->progress);
}

void credits_draw_end(struct credits_run *run)
{
    if (run->drawn_phase != NULL)
        progress_end(&run->progress);
    run->drawn_phase = NULL;
}

enum {
    COLUMN_STATE,
    COLUMN_PHASE,
    COLUMN_FAILURE,
    COLUMN_PROPOSAL,
    COLUMN_DONE,
    COLUMN_TOTAL,
    COLUMN_TURNED_DOWN,
    COLUMN_REGION
};

/* False: not to be read now, or (`is_there` false) none of the caller's. */
static bool look(struct credits_run *run, struct status *status, bool *is_there)
{
    const char *values[] = {run->job_id};
    PGresult *row = pg_session_query(&run->session,
                                     "SELECT job.state, coalesce(job.phase, ''), coalesce(job.result ->> 'failure', "
                                     "''), coalesce(job.proposal_id::text, ''), "
                                     "job.progress_done, coalesce(job.progress_total, 0), coalesce(proposal.state IN "
                                     "('rejected', 'withdrawn'), false), "
                                     "run.region_code FROM credit_run AS run JOIN job ON job.job_id = run.job_id "
                                     "LEFT JOIN proposal ON proposal.proposal_id = job.proposal_id WHERE run.job_id = "
                                     "$1 AND run.kind = 'credit_run'",
                                     1, values);
    *is_there =
        row == NULL || (PQntuples(row) == 1 && access_covers(&run->actor, span_of(PQgetvalue(row, 0, COLUMN_REGION))));
    bool is_read = row != NULL && *is_there;
    if (is_read) {
        snprintf(status->state, sizeof status->state, "%s", PQgetvalue(row, 0, COLUMN_STATE));
        snprintf(status->phase, sizeof status->phase, "%s", PQgetvalue(row, 0, COLUMN_PHASE));
        snprintf(status->failure, sizeof status->failure, "%s", PQgetvalue(row, 0, COLUMN_FAILURE));
        snprintf(status->proposal_id, sizeof status->proposal_id, "%s", PQgetvalue(row, 0, COLUMN_PROPOSAL));
        status->done = strtoull(PQgetvalue(row, 0, COLUMN_DONE), NULL, 10);
        status->total = strtoull(PQgetvalue(row, 0, COLUMN_TOTAL), NULL, 10);
        status->is_turned_down = PQgetvalue(row, 0, COLUMN_TURNED_DOWN)[0] == 't';
    }
    PQclear(row);
    return is_read;
}

static bool is_state(const struct status *status, const char *state)
{
    return strcmp(status->state, state) == 0;
}

static int finish(struct credits_run *run, const struct status *status)
{
    credits_draw_end(run);
    if (is_state(status, "done")) {
        bool was_posted = status->proposal_id[0] != '\0';
        bool ok = credits_print(run, was_posted ? "posting" : "checking");
        puts(was_posted ? "done" : "done: nothing is posted");
        return ok ? EXIT_CODE_OK : EXIT_CODE_FAILED;
    }
    if (is_state(status, "failed")) {
        fprintf(stderr, "yibaod credits: the run has failed: %s\n", status->failure);
        return EXIT_CODE_FAILED;
    }
    fputs("yibaod credits: the run was turned down or cancelled; nothing is posted\n", stderr);
    return EXIT_CODE_TURNED_DOWN;
}

static void ask_for_approval(struct credits_run *run, const struct status *status)
{
    credits_draw_end(run);
    credits_print(run, "checking");
    printf("Somebody else must approve it, with the token of a reviewer:\n"
           "  curl -X POST -H \"Authorization: Bearer $REVIEWER\" http://%s/v1/admin/proposals/%s/approve\n",
           run->config->listen, status->proposal_id);
    fflush(stdout);
    fputs("waiting for that; Ctrl-C leaves the run as it is\n", stderr);
}

static int stop(struct credits_run *run)
{
    credits_draw_end(run);
    fprintf(
        stderr,
        "yibaod credits: the run goes on without this command; to watch it again:\n  yibaod credits run --follow %s\n",
        run->job_id);
    return EXIT_CODE_FAILED;
}

/* A failure of the session: it may be back in a second. */
static bool survives(struct credits_run *run, unsigned *failures)
{
    if (++*failures > FAILURES_MAXIMUM || credits_pause(FAILURE_PAUSE_MS))
        return false;
    if (PQstatus(run->session.connection) == CONNECTION_OK)
        return true;
    pg_session_close(&run->session);
    return credits_open(run) || run->session.connection == NULL;
}

static bool is_over(const struct status *status)
{
    return is_state(status, "done") || is_state(status, "failed") || is_state(status, "cancelled") ||
           status->is_turned_down;
}

int credits_follow(struct credits_run *run)
{
    bool has_asked = false;
    bool is_there = true;
    unsigned failures = 0;
    while (!credits_pause(0)) {
        struct status status = {0};
        bool is_read = run->session.connection != NULL && look(run, &status, &is_there);
        if (!is_there) {
            fputs("yibaod credits: there is no such run\n", stderr);
            return EXIT_CODE_FAILED;
        }
        if (is_read && is_over(&status))
            return finish(run, &status);
        bool is_waiting = is_read && is_state(&status, "awaiting_approval");
        if (is_waiting && !has_asked)
            ask_for_approval(run, &status);
        has_asked = has_asked || is_waiting;
        enum credits_work work = !is_read ? WORK_FAILED : is_waiting ? WORK_NONE : credits_work(run);
        if (work == WORK_FAILED) {
            if (!survives(run, &failures))
                break;
            continue;
        }
        failures = 0;
        if (work == WORK_NONE && !is_waiting)
            credits_draw(run, status.phase, status.done, status.total);
        if (work == WORK_NONE)
            credits_pause(LOOK_EVERY_MS);
    }
    return stop(run);
}
