/* Loads the wrapped keys from the table data_key, again and again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/key_store.h"
#include "server/crypto/aes_gcm.h"
#include <assert.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#define WRAP_FORMAT 1
#define ASSOCIATED_BYTES 64
#define ERROR_BYTES 1024

static_assert(KEY_WRAPPED_BYTES == 1 + KEY_BYTES + AES_GCM_OVERHEAD_BYTES, "the documented form");

enum { COLUMN_PURPOSE, COLUMN_VERSION, COLUMN_WRAPPED, COLUMN_STATE };

/* The database's clock decides from when on a key seals, so that all processes change over within one look. */
const char keyring_query[] =
    "SELECT purpose, version, wrapped,"
    " CASE WHEN retired_at IS NOT NULL OR stage IN ('leaving', 'refused', 'link') THEN 'retired'"
    "      WHEN seals_from > clock_timestamp() OR stage IN ('announced', 'written') THEN 'waits' ELSE 'seals' END"
    " FROM data_key ORDER BY purpose, version";

static _Thread_local struct text error_line;

struct text *key_error_begin(void)
{
    text_fini(&error_line);
    text_init(&error_line, ERROR_BYTES);
    return &error_line;
}

/* In memory that goes with the thread. */
const char *key_error_end(void)
{
    static _Thread_local char told[ERROR_BYTES + 1];
    snprintf(told, sizeof told, "%.*s", (int)error_line.length, error_line.bytes == NULL ? "" : error_line.bytes);
    bool is_whole = !error_line.failed;
    text_fini(&error_line);
    return is_whole ? told : "out of memory";
}

static struct span associate(const char *purpose, unsigned version, char out[ASSOCIATED_BYTES])
{
    int length = snprintf(out, ASSOCIATED_BYTES, "data_key.wrapped %.40s %u", purpose, version);
    return (struct span){.bytes = out, .length = (size_t)length};
}

bool key_wrap(const struct keyring *keyring, const uint8_t master[KEY_BYTES], const char *purpose,
              const struct key *key, uint8_t out[KEY_WRAPPED_BYTES])
{
    char associated[ASSOCIATED_BYTES];
    out[0] = WRAP_FORMAT;
    return aes_gcm_encrypt(keyring->cipher, master, associate(purpose, key->version, associated),
                           (struct span){.bytes = (const char *)key->bytes, .length = KEY_BYTES}, out + 1);
}

static bool unwrap(const struct keyring *keyring, struct master_keys *masters, const char *purpose, struct span wrapped,
                   struct key *key)
{
    char associated[ASSOCIATED_BYTES];
    if (wrapped.length != KEY_WRAPPED_BYTES || wrapped.bytes[0] != WRAP_FORMAT)
        return false;
    struct span body = {.bytes = wrapped.bytes + 1, .length = wrapped.length - 1};
    for (masters->used = 0; masters->used < masters->count; masters->used++)
        if (aes_gcm_decrypt(keyring->cipher, masters->bytes[masters->used],
                            associate(purpose, key->version, associated), body, key->bytes))
            return true;
    return false;
}

bool key_row_unwrap(const struct keyring *keyring, struct master_keys *masters, const PGresult *rows, int row,
                    struct key *key)
{
    size_t length = 0;
    unsigned char *wrapped = PQunescapeBytea((const unsigned char *)PQgetvalue(rows, row, COLUMN_WRAPPED), &length);
    key->version = (uint16_t)atoi(PQgetvalue(rows, row, COLUMN_VERSION));
    bool is_open = wrapped != NULL && unwrap(keyring, masters, PQgetvalue(rows, row, COLUMN_PURPOSE),
                                             (struct span){.bytes = (const char *)wrapped, .length = length}, key);
    PQfreemem(wrapped);
    return is_open;
}

/* Every row is opened, also one whose purpose this version does not know: a wrong master key must not pass unseen. */
static bool load_row(struct keyring *keyring, struct master_keys *masters, const PGresult *rows, int row)
{
    struct key key;
    enum key_purpose purpose = key_purpose_find(PQgetvalue(rows, row, COLUMN_PURPOSE));
    bool is_loaded = key_row_unwrap(keyring, masters, rows, row, &key);
    if (is_loaded && purpose != KEY_PURPOSES && keyring_find(keyring, purpose, key.version) == NULL)
        is_loaded = keyring_add(keyring, purpose, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return is_loaded;
}

/* The newest that seals; where none does yet, the oldest that waits. */
static const struct key *find_chosen(const struct keyring *keyring, const PGresult *rows, enum key_purpose purpose,
                                     bool *is_waiting)
{
    const struct key *chosen = NULL;
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *state = PQgetvalue(rows, row, COLUMN_STATE);
        bool seals = strcmp(state, "seals") == 0;
        if (strcmp(PQgetvalue(rows, row, COLUMN_PURPOSE), key_purpose_name(purpose)) != 0 ||
            (!seals && (chosen != NULL || strcmp(state, "retired") == 0)))
            continue;
        chosen = keyring_find(keyring, purpose, (unsigned)atoi(PQgetvalue(rows, row, COLUMN_VERSION)));
        *is_waiting = !seals;
    }
    return chosen;
}

/* Of a key whose hashes form a chain: another version that is neither retired nor the one in use. */
static const struct key *find_also(const struct keyring *keyring, const PGresult *rows, enum key_purpose purpose,
                                   const struct key *in_use)
{
    const struct key *also = NULL;
    for (int row = 0; key_purpose_is_chained(purpose) && row < PQntuples(rows); row++) {
        unsigned version = (unsigned)atoi(PQgetvalue(rows, row, COLUMN_VERSION));
        if (strcmp(PQgetvalue(rows, row, COLUMN_PURPOSE), key_purpose_name(purpose)) == 0 &&
            strcmp(PQgetvalue(rows, row, COLUMN_STATE), "retired") != 0 && version != in_use->version)
            also = keyring_find(keyring, purpose, version);
    }
    return also;
}

static void choose(struct keyring *keyring, const PGresult *rows, enum key_purpose purpose)
{
    bool is_waiting = false;
    const struct key *chosen = find_chosen(keyring, rows, purpose, &is_waiting);
    /* Nobody goes back to an older key because a clock did. */
    const struct key *now = keyring_in_use(keyring, purpose);
    if (chosen != NULL && chosen != now && (now == NULL || (chosen > now && !is_waiting)))
        now = chosen;
    if (now != NULL)
        keyring_use(keyring, purpose, now, find_also(keyring, rows, purpose, now));
}

bool key_rows_load(struct keyring *keyring, struct master_keys *masters, const PGresult *rows, const char *path,
                   struct text *error)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        if (load_row(keyring, masters, rows, row))
            continue;
        text_printf(error, "master key file %s does not open the key %s version %s of this database", path,
                    PQgetvalue(rows, row, COLUMN_PURPOSE), PQgetvalue(rows, row, COLUMN_VERSION));
        return false;
    }
    for (int purpose = 0; purpose < KEY_PURPOSES; purpose++)
        choose(keyring, rows, (enum key_purpose)purpose);
    return true;
}

PGresult *key_rows_select(struct pg_session *session, struct text *error)
{
    PGresult *rows = pg_session_query(session, keyring_query, 0, NULL);
    if (rows == NULL)
        text_printf(error, "cannot read the keys in the database; run yibaod migrate");
    return rows;
}

static bool open_rows(struct keyring *keyring, const PGresult *rows, const char *path, struct text *error)
{
    struct master_keys masters;
    enum master_key_outcome outcome = master_keys_read(path, &masters, error);
    if (outcome == MASTER_KEY_ABSENT)
        text_printf(error, "master key file %s is missing", path);
    bool is_open = outcome == MASTER_KEY_READ && key_rows_load(keyring, &masters, rows, path, error);
    OPENSSL_cleanse(&masters, sizeof masters);
    return is_open;
}

static bool open_into(struct keyring *keyring, struct pg_session *session, const char *path, struct text *error)
{
    PGresult *rows = key_rows_select(session, error);
    bool is_open = rows != NULL && open_rows(keyring, rows, path, error);
    PQclear(rows);
    if (!is_open || keyring_is_whole(keyring))
        return is_open;
    text_printf(error, "the database lacks keys; run yibaod migrate");
    return false;
}

struct keyring *keyring_open(struct pg_session *session, const char *master_key_path, const char **error)
{
    struct text *line = key_error_begin();
    struct keyring *keyring = keyring_new();
    if (keyring == NULL)
        text_printf(line, "OpenSSL offers no AES-256-GCM");
    else if (open_into(keyring, session, master_key_path, line))
        return keyring;
    keyring_close(keyring);
    *error = key_error_end();
    return NULL;
}

static bool has_all(const struct keyring *keyring, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        enum key_purpose purpose = key_purpose_find(PQgetvalue(rows, row, COLUMN_PURPOSE));
        unsigned version = (unsigned)atoi(PQgetvalue(rows, row, COLUMN_VERSION));
        if (purpose != KEY_PURPOSES && keyring_find(keyring, purpose, version) == NULL)
            return false;
    }
    return true;
}

bool keyring_refresh(struct keyring *keyring, const PGresult *rows, const char *master_key_path, bool opens_all,
                     const char **error)
{
    struct text *line = key_error_begin();
    if (opens_all || !has_all(keyring, rows)) {
        bool is_open = open_rows(keyring, rows, master_key_path, line);
        *error = is_open ? NULL : key_error_end();
        return is_open;
    }
    for (enum key_purpose purpose = KEY_SEAL_PERSON; purpose < KEY_PURPOSES; purpose++)
        choose(keyring, rows, purpose);
    return true;
}
