/* Changes keys while processes use them: a new version of one, or all wrapped by another master key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/key_store.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

struct change {
    struct pg_session *session;
    const char *path;
    struct keyring *keyring;
    struct master_keys masters;
    PGresult *rows;
    struct text *error;
};

/* Nobody else makes or changes keys until the transaction ends; processes go on reading them. */
static bool begin(struct change *change)
{
    change->error = key_error_begin();
    change->keyring = keyring_new();
    if (change->keyring == NULL || !pg_session_run(change->session, "BEGIN; LOCK TABLE data_key IN EXCLUSIVE MODE"))
        return false;
    change->rows = key_rows_select(change->session, change->error);
    if (change->rows == NULL)
        return false;
    enum master_key_outcome outcome = master_keys_read(change->path, &change->masters, change->error);
    if (outcome == MASTER_KEY_ABSENT)
        text_printf(change->error, "master key file %s is missing", change->path);
    return outcome == MASTER_KEY_READ &&
           key_rows_load(change->keyring, &change->masters, change->rows, change->path, change->error);
}

static bool end(struct change *change, bool is_done, const char **error)
{
    is_done = is_done && pg_session_run(change->session, "COMMIT");
    if (!is_done)
        PQclear(PQexec(change->session->connection, "ROLLBACK"));
    PQclear(change->rows);
    OPENSSL_cleanse(&change->masters, sizeof change->masters);
    keyring_close(change->keyring);
    if (is_done)
        return true;
    if (change->error->length == 0)
        text_printf(change->error, "cannot change the keys of the database");
    *error = key_error_end();
    return false;
}

bool key_purpose_is_chained(enum key_purpose purpose)
{
    return purpose == KEY_HASH_CITIZEN_NUMBER || purpose == KEY_HASH_CARD_NUMBER || purpose == KEY_HASH_PHONE ||
           purpose == KEY_HASH_NAME || purpose == KEY_HASH_CODE || purpose == KEY_PEPPER_CREDENTIAL;
}

bool keyring_can_rotate(enum key_purpose purpose)
{
    return purpose != KEY_HASH_CONTENT && purpose != KEY_PURPOSES;
}

/* No version of it is on its way in or out; those that are where they stay say so from now on. */
static bool may_announce(struct change *change, const char *purpose)
{
    const char *values[] = {purpose};
    PGresult *row = pg_session_query(change->session,
                                     "WITH settled AS (UPDATE data_key SET stage = 'looked'"
                                     " WHERE purpose = $1 AND stage IS NULL)"
                                     "SELECT count(*) FROM data_key WHERE purpose = $1"
                                     " AND coalesce(stage, 'looked') <> 'link'",
                                     1, values);
    bool is_settled = row != NULL && strcmp(PQgetvalue(row, 0, 0), "1") == 0;
    PQclear(row);
    return is_settled;
}

static bool announce(struct change *change, const char *purpose, unsigned version)
{
    char number[12];
    snprintf(number, sizeof number, "%u", version);
    const char *values[] = {purpose, number};
    PGresult *result = PQexecParams(change->session->connection,
                                    "UPDATE data_key SET stage = 'announced', staged_at = clock_timestamp(),"
                                    " seals_from = 'infinity' WHERE purpose = $1 AND version = $2",
                                    2, NULL, values, NULL, NULL, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return is_done;
}

static bool rotate(struct change *change, enum key_purpose purpose, unsigned after_s, unsigned *version)
{
    const uint8_t *keys[KEY_VERSIONS_MAXIMUM];
    char seconds[12];
    unsigned in_use = 0;
    unsigned count = keyring_keys(change->keyring, purpose, keys, &in_use);
    bool is_chained = key_purpose_is_chained(purpose);
    if (count == 0 || in_use + 1 != count || (is_chained && !may_announce(change, key_purpose_name(purpose)))) {
        text_printf(change->error, "the newest key %s is not in use yet", key_purpose_name(purpose));
        return false;
    }
    if (count == KEY_VERSIONS_MAXIMUM) {
        text_printf(change->error, "there are %u keys %s, and no more are possible", count, key_purpose_name(purpose));
        return false;
    }
    *version = change->keyring->keys[purpose][count - 1].version + 1u;
    snprintf(seconds, sizeof seconds, "%u", after_s);
    return key_insert(change->session, change->keyring, change->masters.bytes[change->masters.used],
                      key_purpose_name(purpose), *version, seconds) &&
           (!is_chained || announce(change, key_purpose_name(purpose), *version));
}

bool keyring_rotate(struct pg_session *session, const char *master_key_path, enum key_purpose purpose, unsigned after_s,
                    unsigned *version, const char **error)
{
    struct change change = {.session = session, .path = master_key_path};
    bool is_done = begin(&change) && rotate(&change, purpose, after_s, version);
    return end(&change, is_done, error);
}

static bool rewrap_row(struct change *change, int row, unsigned *rewrapped)
{
    struct key key;
    uint8_t wrapped[KEY_WRAPPED_BYTES];
    const char *purpose = PQgetvalue(change->rows, row, 0);
    bool is_open = key_row_unwrap(change->keyring, &change->masters, change->rows, row, &key);
    bool is_new = is_open && change->masters.used == 1;
    bool is_made = is_open && !is_new && key_wrap(change->keyring, change->masters.bytes[1], purpose, &key, wrapped);
    OPENSSL_cleanse(&key, sizeof key);
    if (!is_made)
        return is_new;
    const char *values[] = {purpose, PQgetvalue(change->rows, row, 1), (const char *)wrapped};
    PGresult *result = PQexecParams(change->session->connection,
                                    "UPDATE data_key SET wrapped = $3 WHERE purpose = $1 AND version = $2", 3, NULL,
                                    values, (const int[]){0, 0, KEY_WRAPPED_BYTES}, (const int[]){0, 0, 1}, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    *rewrapped += is_done ? 1 : 0;
    return is_done;
}

static bool rewrap(struct change *change, unsigned *rewrapped)
{
    *rewrapped = 0;
    if (change->masters.count < 2) {
        text_printf(change->error, "there is no next master key %s.next; make it by yibaod keys new-master",
                    change->path);
        return false;
    }
    for (int row = 0; row < PQntuples(change->rows); row++)
        if (!rewrap_row(change, row, rewrapped))
            return false;
    return true;
}

bool keyring_rewrap(struct pg_session *session, const char *master_key_path, unsigned *rewrapped, const char **error)
{
    struct change change = {.session = session, .path = master_key_path};
    bool is_done = begin(&change) && rewrap(&change, rewrapped);
    return end(&change, is_done, error);
}
