/* Opens, starts and stops the background threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/background.h"
#include "cli/import_job.h"
#include "cli/key_watch.h"
#include "cli/sweeps.h"
#include "server/jobs/outbox.h"
#include "server/jobs/sliced_jobs.h"
#include "server/jobs/sms.h"
#include "server/jobs/worker.h"
#include <stdio.h>

#define OUTBOX_THREADS 2 /* a gateway that answers slowly holds up one of them, not both */

static struct worker_task tasks[OUTBOX_THREADS + 4];
static struct outbox *outboxes[OUTBOX_THREADS];
static struct key_watch *keys;
static struct sliced_jobs *sliced;
static struct sweeps *sweeps;
static struct import_jobs *imports;
static size_t tasks_count;

static void add(const char *name, int64_t (*turn)(void *state, struct worker *worker), void *state)
{
    tasks[tasks_count++] = (struct worker_task){.name = name, .turn = turn, .state = state};
}

static bool open_tasks(const struct config *config, const struct keyring *keyring, const struct spool *spool,
                       const char **error)
{
    for (unsigned i = 0; i < OUTBOX_THREADS; i++) {
        outboxes[i] = outbox_open(config, keyring, i == 0, error);
        if (outboxes[i] == NULL)
            return false;
        add("outbox", outbox_turn, outboxes[i]);
    }
    *error = "out of memory";
    sliced = sliced_jobs_open(config);
    if (sliced == NULL)
        return false;
    add("jobs", sliced_jobs_turn, sliced);
    sweeps = sweeps_open(config);
    if (sweeps == NULL)
        return false;
    add("sweeps", sweeps_turn, sweeps);
    if (spool == NULL)
        return true;
    imports = import_jobs_open(config, spool);
    if (imports != NULL)
        add("imports", import_jobs_turn, imports);
    return imports != NULL;
}

static bool watch_keys(const struct config *config, struct keyring *keyring, const char **error)
{
    *error = "out of memory";
    keys = key_watch_open(config, keyring);
    if (keys != NULL)
        add("keys", key_watch_turn, keys);
    return keys != NULL;
}

bool background_start(const struct config *config, struct keyring *keyring, const struct spool *spool,
                      struct health *health, bool works)
{
    const char *error = "libcurl cannot be used";
    if (sms_start() && (!works || open_tasks(config, keyring, spool, &error)) && watch_keys(config, keyring, &error)) {
        error = "cannot start a thread";
        if (workers_start(config, tasks, tasks_count, health))
            return true;
    }
    fprintf(stderr, "yibaod: %s\n", error);
    return false;
}

void background_reload(void)
{
    sms_reload();
    key_watch_reload(keys);
    worker_wake();
}

void background_stop(void)
{
    workers_stop();
    for (size_t i = 0; i < OUTBOX_THREADS; i++)
        if (outboxes[i] != NULL)
            outbox_close(outboxes[i]);
    key_watch_close(keys);
    sliced_jobs_close(sliced);
    sweeps_close(sweeps);
    import_jobs_close(imports);
    tasks_count = 0;
}
