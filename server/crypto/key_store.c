/* Loads the wrapped keys from the table data_key, and makes those that are missing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/aes_gcm.h"
#include "server/crypto/keyring_internal.h"
#include "server/crypto/master_key.h"
#include "server/pg/session.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#define WRAP_FORMAT 1
#define WRAPPED_BYTES (1 + KEY_BYTES + AES_GCM_OVERHEAD_BYTES)
#define ASSOCIATED_BYTES 64
#define ERROR_BYTES 1024

/* Opening happens once at start; the line must outlive the call. */
static _Thread_local struct text error_line;

static struct text *begin_error(void)
{
    text_fini(&error_line);
    text_init(&error_line, ERROR_BYTES);
    return &error_line;
}

static const char *end_error(void)
{
    text_append_char(&error_line, '\0');
    return error_line.failed ? "out of memory" : error_line.bytes;
}

static struct span associate(const char *purpose, unsigned version, char out[ASSOCIATED_BYTES])
{
    int length = snprintf(out, ASSOCIATED_BYTES, "data_key.wrapped %.40s %u", purpose, version);
    return (struct span){.bytes = out, .length = (size_t)length};
}

static bool unwrap(const struct keyring *keyring, const uint8_t master[KEY_BYTES], const char *purpose,
                   struct span wrapped, struct key *key)
{
    char associated[ASSOCIATED_BYTES];
    if (wrapped.length != WRAPPED_BYTES || wrapped.bytes[0] != WRAP_FORMAT)
        return false;
    struct span body = {.bytes = wrapped.bytes + 1, .length = wrapped.length - 1};
    return aes_gcm_decrypt(keyring->cipher, master, associate(purpose, key->version, associated), body, key->bytes);
}

static int purpose_find(const char *name)
{
    for (int purpose = 0; purpose < KEY_PURPOSES; purpose++) {
        if (strcmp(key_purpose_name((enum key_purpose)purpose), name) == 0)
            return purpose;
    }
    return KEY_PURPOSES;
}

/* Every row is opened, also one whose purpose this version does not know: a wrong master key must not pass unseen. */
static bool load_row(struct keyring *keyring, const uint8_t master[KEY_BYTES], const PGresult *rows, int row)
{
    const char *name = PQgetvalue(rows, row, 0);
    struct key key = {.version = (uint16_t)atoi(PQgetvalue(rows, row, 1)),
                      .is_retired = PQgetvalue(rows, row, 3)[0] == 't'};
    size_t length = 0;
    unsigned char *wrapped = PQunescapeBytea((const unsigned char *)PQgetvalue(rows, row, 2), &length);
    bool is_loaded = wrapped != NULL && unwrap(keyring, master, name,
                                               (struct span){.bytes = (const char *)wrapped, .length = length}, &key);
    PQfreemem(wrapped);
    int purpose = purpose_find(name);
    if (is_loaded && purpose != KEY_PURPOSES)
        is_loaded = keyring_add(keyring, (enum key_purpose)purpose, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return is_loaded;
}

static bool load_rows(struct keyring *keyring, const uint8_t master[KEY_BYTES], const PGresult *rows, const char *path,
                      struct text *error)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        if (load_row(keyring, master, rows, row))
            continue;
        text_printf(error, "master key file %s does not open the key %s version %s of this database", path,
                    PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1));
        return false;
    }
    return true;
}

static PGresult *select_keys(struct pg_session *session, struct text *error)
{
    PGresult *rows = pg_session_query(
        session, "SELECT purpose, version, wrapped, retired_at IS NOT NULL FROM data_key ORDER BY purpose, version", 0,
        NULL);
    if (rows == NULL)
        text_printf(error, "cannot read the keys in the database; run yibaod migrate");
    return rows;
}

static bool open_into(struct keyring *keyring, struct pg_session *session, const char *path, struct text *error)
{
    uint8_t master[KEY_BYTES];
    enum master_key_outcome outcome = master_key_read(path, master, error);
    if (outcome == MASTER_KEY_ABSENT)
        text_printf(error, "master key file %s is missing", path);
    PGresult *rows = outcome == MASTER_KEY_READ ? select_keys(session, error) : NULL;
    bool is_open = rows != NULL && load_rows(keyring, master, rows, path, error);
    PQclear(rows);
    OPENSSL_cleanse(master, sizeof master);
    if (!is_open || keyring_finish(keyring))
        return is_open;
    text_printf(error, "the database lacks keys; run yibaod migrate");
    return false;
}

struct keyring *keyring_open(struct pg_session *session, const char *master_key_path, const char **error)
{
    struct text *line = begin_error();
    struct keyring *keyring = keyring_new();
    if (keyring == NULL)
        text_printf(line, "OpenSSL offers no AES-256-GCM");
    else if (open_into(keyring, session, master_key_path, line))
        return keyring;
    keyring_close(keyring);
    *error = end_error();
    return NULL;
}

static bool insert_key(struct pg_session *session, const struct keyring *keyring, const uint8_t master[KEY_BYTES],
                       const char *purpose)
{
    uint8_t key[KEY_BYTES], wrapped[WRAPPED_BYTES] = {WRAP_FORMAT};
    char associated[ASSOCIATED_BYTES];
    bool is_made = RAND_bytes(key, sizeof key) == 1 &&
                   aes_gcm_encrypt(keyring->cipher, master, associate(purpose, 1, associated),
                                   (struct span){.bytes = (const char *)key, .length = sizeof key}, wrapped + 1);
    OPENSSL_cleanse(key, sizeof key);
    if (!is_made)
        return false;
    const char *values[] = {purpose, (const char *)wrapped};
    PGresult *result = PQexecParams(session->connection,
                                    "INSERT INTO data_key (purpose, version, wrapped, created_at) "
                                    "VALUES ($1, 1, $2, clock_timestamp())",
                                    2, NULL, values, (const int[]){0, WRAPPED_BYTES}, (const int[]){0, 1}, 0);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return is_done;
}

static bool create_missing(struct keyring *keyring, struct pg_session *session, const char *path,
                           uint8_t master[KEY_BYTES], struct text *error)
{
    PGresult *rows = select_keys(session, error);
    if (rows == NULL)
        return false;
    enum master_key_outcome outcome = master_key_read(path, master, error);
    bool has_master = outcome == MASTER_KEY_READ;
    if (outcome == MASTER_KEY_ABSENT && PQntuples(rows) == 0)
        has_master = master_key_create(path, master, error);
    else if (outcome == MASTER_KEY_ABSENT)
        text_printf(error, "master key file %s is missing, and the database has keys that only it can open", path);
    bool is_done = has_master && load_rows(keyring, master, rows, path, error);
    PQclear(rows);
    for (int purpose = 0; is_done && purpose < KEY_PURPOSES; purpose++) {
        if (keyring_newest(keyring, (enum key_purpose)purpose) != NULL)
            continue;
        is_done = insert_key(session, keyring, master, key_purpose_name((enum key_purpose)purpose));
        if (!is_done)
            text_printf(error, "cannot store the key %s", key_purpose_name((enum key_purpose)purpose));
    }
    return is_done;
}

bool keyring_create_missing(struct pg_session *session, const char *master_key_path, const char **error)
{
    struct text *line = begin_error();
    uint8_t master[KEY_BYTES];
    struct keyring *keyring = keyring_new();
    bool is_done = keyring != NULL && pg_session_run(session, "BEGIN; LOCK TABLE data_key IN EXCLUSIVE MODE") &&
                   create_missing(keyring, session, master_key_path, master, line) && pg_session_run(session, "COMMIT");
    OPENSSL_cleanse(master, sizeof master);
    keyring_close(keyring);
    if (is_done)
        return true;
    PQclear(PQexec(session->connection, "ROLLBACK"));
    if (line->length == 0)
        text_printf(line, "cannot make the keys of the database");
    *error = end_error();
    return false;
}
