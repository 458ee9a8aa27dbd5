/* Makes keys: a new version of one, or all that the table data_key lacks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/key_store.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>

bool key_insert(struct pg_session *session, const struct keyring *keyring, const uint8_t master[KEY_BYTES],
                const char *purpose, unsigned version, const char *after_s)
{
    struct key key = {.version = (uint16_t)version};
    uint8_t wrapped[KEY_WRAPPED_BYTES];
    char number[12];
    bool is_made = RAND_bytes(key.bytes, sizeof key.bytes) == 1 && key_wrap(keyring, master, purpose, &key, wrapped);
    OPENSSL_cleanse(&key, sizeof key);
    if (!is_made)
        return false;
    snprintf(number, sizeof number, "%u", version);
    const char *values[] = {purpose, number, (const char *)wrapped, after_s};
    PGresult *result =
        PQexecParams(session->connection,
                     "INSERT INTO data_key (purpose, version, wrapped, created_at, seals_from) VALUES "
                     "($1, $2, $3, clock_timestamp(), clock_timestamp() + make_interval(secs => $4))",
                     4, NULL, values, (const int[]){0, 0, KEY_WRAPPED_BYTES, 0}, (const int[]){0, 0, 1, 0}, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return is_done;
}

/* What is made while the master key changes is wrapped by the one that the others are. */
static bool create_missing(struct keyring *keyring, struct pg_session *session, const char *path,
                           struct master_keys *masters, struct text *error)
{
    PGresult *rows = key_rows_select(session, error);
    if (rows == NULL)
        return false;
    enum master_key_outcome outcome = master_keys_read(path, masters, error);
    bool has_master = outcome == MASTER_KEY_READ;
    if (outcome == MASTER_KEY_ABSENT && PQntuples(rows) == 0) {
        has_master = master_key_create(path, masters->bytes[0], error);
        masters->count = 1;
    } else if (outcome == MASTER_KEY_ABSENT) {
        text_printf(error, "master key file %s is missing, and the database has keys that only it can open", path);
    }
    bool is_done = has_master && key_rows_load(keyring, masters, rows, path, error);
    PQclear(rows);
    for (int purpose = 0; is_done && purpose < KEY_PURPOSES; purpose++) {
        const char *name = key_purpose_name((enum key_purpose)purpose);
        if (keyring_in_use(keyring, (enum key_purpose)purpose) != NULL)
            continue;
        is_done = key_insert(session, keyring, masters->bytes[masters->used], name, 1, NULL);
        if (!is_done)
            text_printf(error, "cannot store the key %s", name);
    }
    return is_done;
}

bool keyring_create_missing(struct pg_session *session, const char *master_key_path, const char **error)
{
    struct text *line = key_error_begin();
    struct master_keys masters = {0};
    struct keyring *keyring = keyring_new();
    bool is_done = keyring != NULL && pg_session_run(session, "BEGIN; LOCK TABLE data_key IN EXCLUSIVE MODE") &&
                   create_missing(keyring, session, master_key_path, &masters, line) &&
                   pg_session_run(session, "COMMIT");
    OPENSSL_cleanse(&masters, sizeof masters);
    keyring_close(keyring);
    if (is_done)
        return true;
    PQclear(PQexec(session->connection, "ROLLBACK"));
    if (line->length == 0)
        text_printf(line, "cannot make the keys of the database");
    *error = key_error_end();
    return false;
}
