/* Does what is due again and again, by turns with other processes: each kind is leased, and worked on in slices. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sweeps.h"
#include "cli/measures.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/pg/sqlstate.h"
#include "server/uuid.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define POLL_US SECOND_US
#define LEASE_US (30 * SECOND_US)
#define WORK_US (10 * SECOND_US) /* with a last slice (statement_timeout is 10 s) still within the lease */
#define SOON_US (10 * SECOND_US)
#define LATER_US (60 * SECOND_US) /* after a failure */

#define HOLDS_EVERY_US (5 * SECOND_US) /* how long money stays reserved after its hold has ended */
#define DEAL_ROWS "500"
#define OLDEST_EVERY_US (15 * SECOND_US)
#define KEYS_EVERY_US (6 * HOUR_US)
#define KEYS_BLOCKS "512" /* 4 MiB in one slice, some 20,000 keys */
#define SNAPSHOTS_EVERY_US HOUR_US
#define DAYS_EVERY_US (60 * SECOND_US) /* what is over with a day */
#define REMINDERS_EVERY_US (300 * SECOND_US)
#define MEMBERS_EVERY_US HOUR_US
#define MEMBERS_ROWS "2000" /* looked at in one slice */
/*
 * What is closed is older than any write may be: those under way have 10 s at most, and a server whose clock is slow by
 * more than this gets the instants of its entries raised (db/functions/887_ledger_close_from.sql).
 */
#define CLOSED_AFTER_US HOUR_US
#define SPAN_LEAST_S 60

enum outcome { OUTCOME_MORE, OUTCOME_DONE, OUTCOME_SOON, OUTCOME_FAILED };

struct sweeps {
    const struct config *config;
    char owner[UUID_TEXT_LENGTH + 1];
    int64_t oldest_due_us; /* monotonic: when the oldest hold is looked for */
    int64_t oldest_us;     /* for how long the oldest hold was due then */
    int64_t next_block;    /* of idempotency_key */
    int64_t next_member;   /* owner up to whom the sweep of family members has come */
    int64_t span_s;        /* that one slice of a snapshot takes in */
    bool is_closed;        /* whether this turn has closed the ledger */
};

/* Either a query of business time, real time and a number of rows, which says how many it has dealt with, or a slice.
 */
struct kind {
    const char *name;
    int64_t every_us;
    const char *query;
    enum metric_counter dealt;
    enum outcome (*slice)(struct sweeps *sweeps, struct worker *worker);
    bool waits_first; /* the first time it only makes an appointment for a day later */
};

static enum outcome deal(struct worker *worker, const struct kind *kind)
{
    char instant[33];
    char now[33];
    instant_format(clock_business_us(), instant);
    instant_format(clock_real_us(), now);
    const char *values[] = {instant, now, DEAL_ROWS};
    PGresult *done = worker_query(worker, kind->query, 3, values);
    if (done == NULL)
        return OUTCOME_FAILED;
    uint64_t count = strtoull(PQgetvalue(done, 0, 0), NULL, 10);
    PQclear(done);
    metrics_add(kind->dealt, count);
    return count > 0 ? OUTCOME_MORE : OUTCOME_DONE;
}

static enum outcome delete_keys(struct sweeps *sweeps, struct worker *worker)
{
    char before[33];
    char block[24];
    instant_format(clock_real_us() - sweeps->config->idempotency_key_days * DAY_US, before);
    snprintf(block, sizeof block, "%" PRId64, sweeps->next_block);
    const char *values[] = {before, block, KEYS_BLOCKS};
    PGresult *done = worker_query(
        worker, "SELECT deleted, coalesce(next_block, 0) FROM idempotency_key_tidy($1, $2, $3)", 3, values);
    if (done == NULL)
        return OUTCOME_FAILED;
    metrics_add(METRIC_IDEMPOTENCY_KEYS_DELETED, strtoull(PQgetvalue(done, 0, 0), NULL, 10));
    sweeps->next_block = strtoll(PQgetvalue(done, 0, 1), NULL, 10);
    PQclear(done);
    return sweeps->next_block > 0 ? OUTCOME_MORE : OUTCOME_DONE;
}

static enum outcome close_members(struct sweeps *sweeps, struct worker *worker)
{
    char instant[33];
    char now[33];
    char after[24];
    instant_format(clock_business_us(), instant);
    instant_format(clock_real_us(), now);
    snprintf(after, sizeof after, "%" PRId64, sweeps->next_member);
    const char *values[] = {instant, now, after, MEMBERS_ROWS};
    PGresult *done = worker_query(
        worker, "SELECT closed, coalesce(next_key, 0) FROM family_member_close($1, $2, $3, $4)", 4, values);
    if (done == NULL)
        return OUTCOME_FAILED;
    metrics_add(METRIC_FAMILY_MEMBERS_ENDED, strtoull(PQgetvalue(done, 0, 0), NULL, 10));
    sweeps->next_member = strtoll(PQgetvalue(done, 0, 1), NULL, 10);
    PQclear(done);
    return sweeps->next_member > 0 ? OUTCOME_MORE : OUTCOME_DONE;
}

/* Closes the ledger up to the last midnight in Shanghai. A test clock that is ahead does not close the present. */
static bool close_ledger(struct worker *worker)
{
    char instant[33];
    int64_t business_us = clock_business_us();
    int64_t real_us = clock_real_us();
    int64_t now_us = business_us < real_us ? business_us : real_us;
    instant_format(clock_instant_of_date(clock_date_of(now_us - CLOSED_AFTER_US)), instant);
    const char *values[] = {instant};
    PGresult *closed = worker_query(worker, "SELECT ledger_close_from($1)", 1, values);
    bool is_done = closed != NULL;
    PQclear(closed);
    return is_done;
}

static enum outcome cut_snapshots(struct sweeps *sweeps, struct worker *worker)
{
    char span[32];
    if (!sweeps->is_closed && !close_ledger(worker))
        return OUTCOME_FAILED;
    sweeps->is_closed = true;
    snprintf(span, sizeof span, "%" PRId64 " seconds", sweeps->span_s);
    const char *values[] = {span};
    PGresult *done = worker_query(worker, "SELECT outcome, entries FROM system_account_cut($1)", 1, values);
    if (done == NULL) {
        if (sqlstate_failure(worker_sqlstate(worker)) == FAILURE_TIMED_OUT && sweeps->span_s > SPAN_LEAST_S)
            sweeps->span_s /= 2;
        return OUTCOME_FAILED;
    }
    const char *outcome = PQgetvalue(done, 0, 0);
    bool is_cut = strcmp(outcome, "cut") == 0;
    bool is_over = strcmp(outcome, "over") == 0;
    if (is_cut) {
        metrics_add(METRIC_SNAPSHOT_ENTRIES, strtoull(PQgetvalue(done, 0, 1), NULL, 10));
        sweeps->span_s = 2 * sweeps->span_s < DAY_US / SECOND_US ? 2 * sweeps->span_s : DAY_US / SECOND_US;
    }
    PQclear(done);
    return is_cut ? OUTCOME_MORE : is_over ? OUTCOME_DONE : OUTCOME_SOON;
}

static const struct kind kinds[] = {
    {"holds", HOLDS_EVERY_US, "SELECT charge_expire($1, $2, $3)", METRIC_HOLDS_EXPIRED, NULL, false},
    {"wallet_returns", HOLDS_EVERY_US, "SELECT wallet_transfer_return($1, $2, $3)", METRIC_WALLET_TRANSFERS_RETURNED,
     NULL, false},
    {"view_grants", DAYS_EVERY_US, "SELECT view_grant_expire($2, $3) FROM (SELECT $1::timestamptz) AS business",
     METRIC_VIEW_GRANTS_EXPIRED, NULL, false},
    {"family_invitations", DAYS_EVERY_US, "SELECT family_member_expire($1, $2, $3)", METRIC_FAMILY_MEMBERS_ENDED, NULL,
     false},
    {"transfer_reminders", REMINDERS_EVERY_US, "SELECT transfer_remind($1, $2, $3)", METRIC_TRANSFER_REMINDERS, NULL,
     false},
    {"family_members", MEMBERS_EVERY_US, NULL, 0, close_members, false},
    {"idempotency_keys", KEYS_EVERY_US, NULL, 0, delete_keys, false},
    {"snapshots", SNAPSHOTS_EVERY_US, NULL, 0, cut_snapshots, true},
};

#define KINDS (sizeof kinds / sizeof kinds[0])
#define NAMES                                                                                                          \
    "{holds,wallet_returns,view_grants,family_invitations,transfer_reminders,family_members,idempotency_keys,"         \
    "snapshots}"

struct sweeps *sweeps_open(const struct config *config)
{
    struct sweeps *sweeps = calloc(1, sizeof *sweeps);
    if (sweeps == NULL)
        return NULL;
    sweeps->config = config;
    sweeps->span_s = DAY_US / SECOND_US;
    uuid_format(uuid_make(uuid_random_key()), sweeps->owner);
    return sweeps;
}

void sweeps_close(struct sweeps *sweeps)
{
    free(sweeps);
}

static void done(const struct sweeps *sweeps, struct worker *worker, const struct kind *kind, int64_t pause_us)
{
    char now[33];
    char next[33];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + pause_us, next);
    const char *values[] = {kind->name, sweeps->owner, now, next};
    PQclear(worker_query(worker, "SELECT sweep_done($1, $2, $3, $4)", 4, values));
}

/* Until when it rests. */
static int64_t sweep(struct sweeps *sweeps, struct worker *worker, const struct kind *kind)
{
    int64_t end_us = clock_monotonic_us() + WORK_US;
    sweeps->is_closed = false;
    for (;;) {
        switch (kind->query != NULL ? deal(worker, kind) : kind->slice(sweeps, worker)) {
        case OUTCOME_DONE:
            return kind->every_us;
        case OUTCOME_SOON:
            return SOON_US;
        case OUTCOME_FAILED:
            metrics_count(METRIC_SWEEP_FAILED);
            return LATER_US;
        case OUTCOME_MORE:
            break;
        }
        if (worker_is_stopping(worker) || clock_monotonic_us() >= end_us)
            return 0;
    }
}

/* True when there was one. */
static bool sweep_next(struct sweeps *sweeps, struct worker *worker)
{
    char now[33];
    char until[33];
    int64_t now_us = clock_real_us();
    instant_format(now_us, now);
    instant_format(now_us + LEASE_US, until);
    const char *values[] = {now, sweeps->owner, until, NAMES};
    PGresult *taken = worker_query(worker, "SELECT name, is_first FROM sweep_take($1, $2, $3, $4)", 4, values);
    bool found = taken != NULL && PQntuples(taken) == 1;
    for (size_t i = 0; found && i < KINDS; i++) {
        if (strcmp(kinds[i].name, PQgetvalue(taken, 0, 0)) != 0)
            continue;
        bool is_early = kinds[i].waits_first && PQgetvalue(taken, 0, 1)[0] == 't';
        done(sweeps, worker, &kinds[i], is_early ? DAY_US : sweep(sweeps, worker, &kinds[i]));
    }
    PQclear(taken);
    return found;
}

/* By every process: only one of them sweeps, and its figure must not stay behind with the others. */
static void measure(struct sweeps *sweeps, struct worker *worker)
{
    char instant[33];
    if (clock_monotonic_us() < sweeps->oldest_due_us)
        return;
    sweeps->oldest_due_us = clock_monotonic_us() + OLDEST_EVERY_US;
    instant_format(clock_business_us(), instant);
    const char *values[] = {instant};
    PGresult *oldest = worker_query(worker,
                                    "SELECT (extract(epoch FROM $1::timestamptz - min(expires_at)) * 1000000)::bigint "
                                    "FROM charge WHERE state = 'held' AND expires_at <= $1",
                                    1, values);
    if (oldest != NULL) {
        int64_t age_us = strtoll(PQgetvalue(oldest, 0, 0), NULL, 10); /* none: NULL, which is "" */
        metrics_oldest_hold(age_us - sweeps->oldest_us);
        sweeps->oldest_us = age_us;
    }
    PQclear(oldest);
    measures_take(worker);
}

int64_t sweeps_turn(void *state, struct worker *worker)
{
    struct sweeps *sweeps = state;
    while (!worker_is_stopping(worker) && sweep_next(sweeps, worker))
        continue;
    measure(sweeps, worker);
    return POLL_US;
}
