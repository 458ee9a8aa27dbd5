/* Looks every few seconds for keys that were added, and for those whose time to seal has come. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/key_watch.h"
#include "server/http/page.h"
#include "server/log.h"
#include <stdatomic.h>
#include <stdlib.h>

struct key_watch {
    const struct config *config;
    struct keyring *keyring;
    atomic_bool reload_wanted;
    bool was_refused; /* said once, not every few seconds */
};

struct key_watch *key_watch_open(const struct config *config, struct keyring *keyring)
{
    struct key_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return NULL;
    watch->config = config;
    watch->keyring = keyring;
    return watch;
}

static void sign_cursors(const struct keyring *keyring)
{
    const uint8_t *keys[KEY_VERSIONS_MAXIMUM];
    unsigned in_use = 0;
    unsigned count = keyring_keys(keyring, KEY_SIGN_CURSOR, keys, &in_use);
    page_keys(keys, count, in_use);
}

static void tell(struct key_watch *watch, bool is_fine, bool is_reload, const char *error)
{
    if (is_fine && is_reload)
        LOG(LOG_INFO, "keys_read", LOG_INT("every_s", KEY_WATCH_EVERY_S));
    else if (!is_fine && (is_reload || !watch->was_refused))
        LOG(LOG_ERROR, "keys_unreadable", LOG_TEXT("why", span_of(error)));
    watch->was_refused = !is_fine;
}

int64_t key_watch_turn(void *state, struct worker *worker)
{
    struct key_watch *watch = state;
    const char *error = NULL;
    bool is_reload = atomic_exchange(&watch->reload_wanted, false);
    PGresult *rows = worker_query(worker, keyring_query, 0, NULL);
    if (rows != NULL) {
        bool is_fine = keyring_refresh(watch->keyring, rows, watch->config->master_key_file, is_reload, &error);
        sign_cursors(watch->keyring);
        tell(watch, is_fine, is_reload, error);
    } else if (is_reload) {
        atomic_store(&watch->reload_wanted, true);
    }
    PQclear(rows);
    return KEY_WATCH_EVERY_S * INT64_C(1000000);
}

void key_watch_reload(struct key_watch *watch)
{
    if (watch != NULL)
        atomic_store(&watch->reload_wanted, true);
}

void key_watch_close(struct key_watch *watch)
{
    free(watch);
}
