/* `yibaod work`: the background work of `yibaod serve` without its requests, until SIGTERM. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/background.h"
#include "cli/commands.h"
#include "cli/process.h"
#include "server/http/ops.h"
#include "server/log.h"

struct work {
    struct keyring *keyring;
    struct health *health;
    struct ops *ops;
    struct spool *spool; /* NULL when there is no room for files: imports are left to others */
};

static bool open_work(struct work *work, const struct config *config)
{
    const char *error = NULL;
    work->keyring = process_open_keys(config);
    if (work->keyring == NULL)
        return false;
    work->spool = spool_open(config, work->keyring, &error);
    if (work->spool == NULL)
        LOG(LOG_WARNING, "spool_unusable", LOG_TEXT("why", span_of(error)));
    work->health = health_open(0);
    if (work->health == NULL)
        return process_complain("out of memory");
    if (!background_start(config, work->keyring, work->spool, work->health, true))
        return false;
    work->ops = ops_open(config, work->health, &error);
    return work->ops != NULL || process_complain(error);
}

static void close_work(struct work *work)
{
    background_stop();
    if (work->ops != NULL)
        ops_close(work->ops);
    if (work->health != NULL)
        health_close(work->health);
    if (work->spool != NULL)
        spool_close(work->spool);
    if (work->keyring != NULL)
        keyring_close(work->keyring);
}

int command_work(int argc, char **argv, const struct config *config)
{
    struct work work = {0};
    (void)argv;
    if (argc > 1) {
        process_complain("work takes no arguments; see yibaod --help for its settings");
        return EXIT_CODE_USAGE;
    }
    if (!config_check_mode(config))
        return EXIT_CODE_USAGE;
    process_prepare(config);
    bool started = open_work(&work, config);
    if (started) {
        LOG(LOG_INFO, "working", LOG_TEXT("ops_listen", span_of(config->ops_listen)));
        log_flush();
        process_wait_for_stop(work.health);
        health_stop(work.health);
    }
    close_work(&work);
    log_flush();
    return started ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
