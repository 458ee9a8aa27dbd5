/* `yibaod credits run`: a monthly run of pensioner credits from asking for it to its last posting, and what its parts
 * share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/progress.h"
#include "server/auth/principal.h"
#include "server/config.h"
#include "server/pg/session.h"

struct credits_options {
    const char *region;
    const char *month;
    const char *reason;
    const char *follow;     /* id of a run that was asked for before; NULL: ask for one */
    const char *token_file; /* NULL: the token is in YIBAO_TOKEN */
    bool dry_run;
};

struct credits_run {
    const struct config *config;
    const struct credits_options *options;
    struct pg_session session;
    struct principal actor;
    char job_id[UUID_TEXT_LENGTH + 1];
    char owner[UUID_TEXT_LENGTH + 1]; /* of leases */
    struct progress progress;
    const char *drawn_phase; /* whose bar is drawn; NULL: none */
};

/* All: false after one line on stderr. */
bool credits_open(struct credits_run *run); /* the session, as the workers of `yibaod work` have theirs */
bool actor_find(struct credits_run *run);   /* by its token: staff, an operator */
bool credits_ask(struct credits_run *run);  /* stores the run */

/* What became of some slices. */
enum credits_work {
    WORK_NONE,    /* somebody else does them, or there are none */
    WORK_SETTLED, /* the phase is over, or the job cancelled */
    WORK_STOPPED, /* asked to stop; the lease is given back */
    WORK_FAILED,  /* likewise, after a slice that failed */
};

/* Takes the job if it is free, and does its slices. */
enum credits_work credits_work(struct credits_run *run);
/* Sleeps, unless the process is asked to stop meanwhile: then, and always from then on, true. */
bool credits_pause(int milliseconds);
void credits_draw(struct credits_run *run, const char *phase, uint64_t done, uint64_t total);
void credits_draw_end(struct credits_run *run);

/* The sums of a phase as a table on standard output. */
bool credits_print(struct credits_run *run, const char *phase);
/* Works and watches until the run is over; an enum exit_code. */
int credits_follow(struct credits_run *run);
