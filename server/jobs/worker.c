/* Runs the background threads: connects, calls their tasks, sleeps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs/worker.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/pg/conninfo.h"
#include "server/pg/sqlstate.h"
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define PAUSE_FIRST_US (SECOND_US / 4) /* before the second attempt to connect, doubled each time up to … */
#define PAUSE_LAST_US (5 * SECOND_US)  /* … this */
#define ANSWER_US (15 * SECOND_US)     /* a statement without answer for so long has lost its connection */
#define ANSWER_STOP_US (2 * SECOND_US) /* the same once a stop was asked for */
/* As yibao_app; the server gives up before we do. */
#define OPTIONS "-c role=yibao_app -c statement_timeout=10000 -c lock_timeout=5000 -c jit=off"

struct worker {
    const struct config *config;
    const struct worker_task *task;
    PGconn *connection; /* NULL: none */
    int64_t pause_us;   /* before the next attempt to connect; 0: the last one succeeded */
    char sqlstate[6];   /* of the last statement that failed; "" without an answer */
    pthread_t thread;
    int wake_fd;
    bool started;
};

static struct worker workers[WORKERS_MAXIMUM];
static atomic_size_t workers_count; /* those that may be woken */
static size_t prepared_count;
static struct health *workers_health; /* NULL: nobody asks */
static int stop_fd = -1;
static atomic_bool stop_wanted;

bool worker_is_stopping(const struct worker *worker)
{
    (void)worker;
    return atomic_load(&stop_wanted);
}

int worker_stop_fd(const struct worker *worker)
{
    (void)worker;
    return stop_fd;
}

static void signal_fd(int fd)
{
    uint64_t one = 1;
    if (write(fd, &one, sizeof one) < 0)
        return; /* it is readable already */
}

void worker_wake(void)
{
    size_t count = atomic_load(&workers_count);
    for (size_t i = 0; i < count; i++)
        signal_fd(workers[i].wake_fd);
}

static void tell(const struct worker *worker, bool is_answered)
{
    if (workers_health != NULL)
        health_worker(workers_health, (unsigned)(worker - workers), is_answered, clock_monotonic_us());
}

static void disconnect(struct worker *worker)
{
    PQfinish(worker->connection);
    worker->connection = NULL;
    tell(worker, false);
}

/* Until the descriptor is readable; false when the deadline or a stop's grace is over. */
static bool await(const struct worker *worker, int fd, int64_t deadline_us)
{
    int64_t now_us = clock_monotonic_us();
    while (now_us < deadline_us) {
        if (worker_is_stopping(worker) && deadline_us > now_us + ANSWER_STOP_US)
            deadline_us = now_us + ANSWER_STOP_US;
        /* The stop is only watched for while it has not come: afterwards its descriptor is always readable. */
        struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
        nfds_t fds_count = worker_is_stopping(worker) ? 1 : 2;
        int timeout_ms = (int)((deadline_us - now_us) / 1000 + 1);
        if (poll(fds, fds_count, timeout_ms) > 0 && fds[0].revents != 0)
            return true;
        now_us = clock_monotonic_us();
    }
    return false;
}

static PGresult *collect(struct worker *worker)
{
    PGresult *last = NULL;
    int64_t deadline_us = clock_monotonic_us() + ANSWER_US;
    for (;;) {
        while (PQisBusy(worker->connection)) {
            if (!await(worker, PQsocket(worker->connection), deadline_us) || !PQconsumeInput(worker->connection)) {
                PQclear(last);
                disconnect(worker);
                return NULL;
            }
        }
        PGresult *result = PQgetResult(worker->connection);
        if (result == NULL)
            return last;
        PQclear(last);
        last = result;
    }
}

const char *worker_sqlstate(const struct worker *worker)
{
    return worker->sqlstate;
}

PGresult *worker_query(struct worker *worker, const char *sql, int params_count, const char *const *params)
{
    worker->sqlstate[0] = '\0';
    if (worker->connection == NULL)
        return NULL;
    PGresult *result = NULL;
    if (PQsendQueryParams(worker->connection, sql, params_count, NULL, params, NULL, NULL, 0) == 1)
        result = collect(worker);
    ExecStatusType status = PQresultStatus(result);
    if (result != NULL)
        tell(worker, true);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    /* Its own text may hold values: the code says enough. */
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(worker->sqlstate, sizeof worker->sqlstate, "%s", sqlstate == NULL ? "" : sqlstate);
    LOG(LOG_WARNING, "worker_postgresql_failed", LOG_TEXT("task", span_of(worker->task->name)),
        LOG_TEXT("sqlstate", span_of(sqlstate == NULL ? "none" : sqlstate)));
    PQclear(result);
    bool is_stand_by = sqlstate_failure(worker->sqlstate) == FAILURE_READ_ONLY;
    if (worker->connection != NULL && (is_stand_by || PQstatus(worker->connection) != CONNECTION_OK))
        disconnect(worker);
    return NULL;
}

bool worker_connect(struct worker *worker)
{
    if (worker->connection != NULL)
        return true;
    worker->connection =
        conninfo_connect(worker->config->database_url, OPTIONS, (int)worker->config->connect_timeout_s);
    if (worker->connection != NULL && PQstatus(worker->connection) == CONNECTION_OK) {
        if (worker->pause_us != 0)
            LOG(LOG_INFO, "worker_postgresql_back", LOG_TEXT("task", span_of(worker->task->name)));
        worker->pause_us = 0;
        return true;
    }
    disconnect(worker);
    if (worker->pause_us == 0)
        LOG(LOG_WARNING, "worker_postgresql_unreachable", LOG_TEXT("task", span_of(worker->task->name)));
    int64_t pause_us = worker->pause_us == 0 ? PAUSE_FIRST_US : 2 * worker->pause_us;
    worker->pause_us = pause_us < PAUSE_LAST_US ? pause_us : PAUSE_LAST_US;
    return false;
}

/* Business time may have been moved by another process (not in production: clock_fix). */
static bool follow_clock(struct worker *worker)
{
    PGresult *row = worker_query(worker, "SELECT advance_us FROM test_clock", 0, NULL);
    if (row != NULL && PQntuples(row) == 1)
        clock_advance_to_us(strtoll(PQgetvalue(row, 0, 0), NULL, 10));
    PQclear(row);
    return worker->connection != NULL;
}

static void sleep_until_woken(struct worker *worker, int64_t patience_us)
{
    struct pollfd fds[2] = {{.fd = worker->wake_fd, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
    uint64_t count;
    if (patience_us > 0 && poll(fds, 2, (int)((patience_us + 999) / 1000)) < 0)
        return; /* interrupted: a turn too many */
    if (read(worker->wake_fd, &count, sizeof count) < 0)
        return; /* nobody woke it */
}

static void *loop(void *cls)
{
    struct worker *worker = cls;
    while (!worker_is_stopping(worker)) {
        int64_t patience_us = 0;
        if (worker_connect(worker) && follow_clock(worker))
            patience_us = worker->task->turn(worker->task->state, worker);
        log_flush();
        sleep_until_woken(worker, worker->connection == NULL && worker->pause_us > 0 ? worker->pause_us : patience_us);
    }
    disconnect(worker);
    log_flush();
    return NULL;
}

bool workers_start(const struct config *config, const struct worker_task *tasks, size_t count, struct health *health)
{
    workers_health = health;
    if (health != NULL)
        health_expect_workers(health, (unsigned)count);
    stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    for (size_t i = 0; stop_fd >= 0 && i < count && i < WORKERS_MAXIMUM; i++) {
        struct worker *worker = &workers[i];
        *worker =
            (struct worker){.config = config, .task = &tasks[i], .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
        prepared_count = i + 1;
        worker->started = worker->wake_fd >= 0 && pthread_create(&worker->thread, NULL, loop, worker) == 0;
        if (!worker->started)
            return false;
    }
    atomic_store(&workers_count, prepared_count);
    return stop_fd >= 0 && prepared_count == count;
}

void workers_stop(void)
{
    atomic_store(&stop_wanted, true);
    if (stop_fd >= 0)
        signal_fd(stop_fd);
    for (size_t i = 0; i < prepared_count; i++)
        if (workers[i].started)
            pthread_join(workers[i].thread, NULL);
    /* The reactors may still wake: their descriptors stay open until the process ends. */
}
