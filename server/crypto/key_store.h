/* The table data_key: what its readers and its writers share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring_internal.h"
#include "server/crypto/master_key.h"
#include "server/pg/session.h"

#define KEY_WRAPPED_BYTES (1 + 12 + KEY_BYTES + 16)

/* The line that a refused call gives its caller; of each thread one, valid until its next. */
struct text *key_error_begin(void);
const char *key_error_end(void);

/* All rows; NULL with a line in *error. */
PGresult *key_rows_select(struct pg_session *session, struct text *error);
/* Opens every row and adds the keys that the ring lacks; `masters` remembers which of its keys opened the last one. */
bool key_rows_load(struct keyring *keyring, struct master_keys *masters, const PGresult *rows, const char *path,
                   struct text *error);
/* Opens one row. */
bool key_row_unwrap(const struct keyring *keyring, struct master_keys *masters, const PGresult *rows, int row,
                    struct key *key);
bool key_wrap(const struct keyring *keyring, const uint8_t master[KEY_BYTES], const char *purpose,
              const struct key *key, uint8_t out[KEY_WRAPPED_BYTES]);
/* Makes a random key and stores it; it seals from `after_s` seconds from now on, at once when that is NULL. */
bool key_insert(struct pg_session *session, const struct keyring *keyring, const uint8_t master[KEY_BYTES],
                const char *purpose, unsigned version, const char *after_s);
