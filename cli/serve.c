/* `yibaod serve`: opens the shared parts, starts a reactor for each core, and stops gracefully on SIGTERM. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "cli/background.h"
#include "cli/commands.h"
#include "cli/process.h"
#include "server/crypto/keyring.h"
#include "server/descriptors.h"
#include "server/http/ops.h"
#include "server/http/page.h"
#include "server/log.h"
#include "server/reactor.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE_WINDOW_S 60

struct server {
    struct config config;
    struct service service;
    struct keyring *keyring;
    struct ops *ops;
    struct spool *spool; /* NULL when there is no room for files: imports are then refused */
    unsigned reactors_count;
    struct reactor **reactors;
};

static bool divide_descriptors(struct server *server)
{
    const char *error = NULL;
    return descriptors_divide(&server->config, server->reactors_count, &error) || process_complain(error);
}

static bool open_service(struct server *server, const struct config *config)
{
    struct service *service = &server->service;
    const char *error = NULL;
    service->config = config;
    if (!cors_read(&service->cors, config->cors_origins, &error))
        return process_complain(error);
    if (!proxies_read(&service->proxies, config->proxy_addresses, &error))
        return process_complain(error);
    service->health = health_open(server->reactors_count);
    service->rate_by_principal = rate_limit_open("principal", config->rate_principal_per_minute, RATE_WINDOW_S);
    service->rate_by_address = rate_limit_open("address", config->rate_address_per_minute, RATE_WINDOW_S);
    if (service->health == NULL || service->rate_by_principal == NULL || service->rate_by_address == NULL)
        return process_complain("out of memory");
    service->work_pool = work_pool_open((unsigned)config->crypto_threads);
    if (service->work_pool == NULL)
        return process_complain("cannot start a thread");
    server->spool = spool_open(config, server->keyring, &error);
    service->spool = server->spool;
    if (server->spool == NULL)
        LOG(LOG_WARNING, "spool_unusable", LOG_TEXT("why", span_of(error)));
    server->ops = ops_open(config, service->health, &error);
    return server->ops != NULL || process_complain(error);
}

static bool open_reactors(struct server *server, const struct config *config)
{
    struct address address;
    if (!address_parse_listen(config->listen, &address))
        return process_complain("YIBAO_LISTEN must be ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080");
    server->reactors = calloc(server->reactors_count, sizeof(struct reactor *));
    if (server->reactors == NULL)
        return process_complain("out of memory");
    for (unsigned i = 0; i < server->reactors_count; i++) {
        server->reactors[i] = reactor_open(&server->service, i, server->reactors_count, &address);
        log_flush();
        if (server->reactors[i] == NULL)
            return process_complain("cannot listen on YIBAO_LISTEN; the log line above says why");
    }
    for (unsigned i = 0; i < server->reactors_count; i++)
        if (!reactor_start(server->reactors[i]))
            return process_complain("cannot start a thread");
    return true;
}

static void close_server(struct server *server)
{
    for (unsigned i = 0; server->reactors != NULL && i < server->reactors_count; i++)
        if (server->reactors[i] != NULL)
            reactor_stop(server->reactors[i]);
    background_stop(); /* while the reactors answer what is open */
    for (unsigned i = 0; server->reactors != NULL && i < server->reactors_count; i++)
        if (server->reactors[i] != NULL)
            reactor_close(server->reactors[i]);
    free(server->reactors);
    if (server->service.work_pool != NULL)
        work_pool_close(server->service.work_pool);
    if (server->ops != NULL)
        ops_close(server->ops);
    if (server->service.rate_by_principal != NULL)
        rate_limit_close(server->service.rate_by_principal);
    if (server->service.rate_by_address != NULL)
        rate_limit_close(server->service.rate_by_address);
    if (server->service.health != NULL)
        health_close(server->service.health);
    if (server->spool != NULL)
        spool_close(server->spool);
    if (server->keyring != NULL)
        keyring_close(server->keyring);
}

/* Whether background work is done here too, or left to `yibaod work`. */
static bool works(const struct config *config)
{
    return strcmp(config->serve_works, "yes") == 0;
}

int command_serve(int argc, char **argv, const struct config *config)
{
    struct server server = {.config = *config, .reactors_count = (unsigned)config->reactors};
    (void)argv;
    if (argc > 1) {
        process_complain("serve takes no arguments; see yibaod --help for its settings");
        return EXIT_CODE_USAGE;
    }
    if (!config_check_mode(config))
        return EXIT_CODE_USAGE;
    process_prepare(config);
    if (server.reactors_count == 0)
        server.reactors_count = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    config = &server.config;
    bool started = divide_descriptors(&server) && (server.keyring = process_open_keys(config)) != NULL &&
                   open_service(&server, config);
    if (started) {
        api_init(config, server.keyring);
        page_init(keyring_key(server.keyring, KEY_SIGN_CURSOR));
        started = background_start(config, server.keyring, server.spool, NULL, works(config)) &&
                  open_reactors(&server, config);
    }
    if (started) {
        LOG(LOG_INFO, "serving", LOG_TEXT("listen", span_of(config->listen)),
            LOG_INT("reactors", server.reactors_count));
        log_flush();
        process_wait_for_stop(server.service.health);
        health_stop(server.service.health);
    }
    close_server(&server);
    log_flush();
    return started ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
