/* What the subcommands that stay have in common: settings in force, signals, keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/process.h"
#include "cli/background.h"
#include "cli/commands.h"
#include "cli/deployment.h"
#include "cli/notify.h"
#include "cli/production.h"
#include "server/clock.h"
#include "server/json_memory.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/pg/session.h"
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

bool process_complain(const char *what)
{
    fprintf(stderr, "yibaod: %s\n", what);
    return false;
}

struct keyring *process_open_keys(const struct config *config)
{
    struct pg_session session;
    struct keyring *keyring = NULL;
    const char *error = NULL;
    if (!pg_session_open(&session, config->database_url, "yibao_app"))
        return NULL;
    bool fits =
        deployment_check(&session, config) && (!config_is_production(config) || production_check(&session, config));
    if (fits)
        keyring = keyring_open(&session, config->master_key_file, &error);
    pg_session_close(&session);
    if (fits && keyring == NULL)
        process_complain(error);
    return keyring;
}

static void fill_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
}

void process_wait_for_stop(const struct health *health)
{
    sigset_t signals;
    int number;
    fill_signals(&signals);
    notify("READY=1");
    while ((number = notify_wait(&signals, health)) == SIGHUP) {
        background_reload();
        LOG(LOG_INFO, "reloading", LOG_INT("signal", number));
        log_flush();
    }
    notify("STOPPING=1");
    LOG(LOG_INFO, "stopping", LOG_INT("signal", number));
    log_flush();
}

/* Threads inherit the mask, so that only process_wait_for_stop sees the signals. */
static void block_signals(void)
{
    sigset_t signals;
    fill_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

void process_shut_memory(void)
{
    const struct rlimit none = {0, 0};
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &none); /* a core_pattern that is a pipe asks neither, but is asked by the first */
}

void process_prepare(const struct config *config)
{
    int64_t instant_us;
    log_set_level_named(config->log_level);
    if (config_is_production(config))
        clock_fix();
    if (config->test_clock[0] != '\0' && instant_parse(span_of(config->test_clock), &instant_us))
        clock_move_to_us(instant_us);
    block_signals();
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write(2), as a full disk is */
    json_object_seed(0);
    json_memory_install();
    metrics_start(YIBAOD_VERSION);
}
