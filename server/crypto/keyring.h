/* The program's keys: kept in PostgreSQL, wrapped by a master key in a file (DESIGN.md §7). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_BYTES 32
#define KEYED_HASH_BYTES 32

/* One key per use, so that a leak of one opens nothing else. The text in data_key.purpose is the lower-case name
 * without KEY_. */
enum key_purpose {
    KEY_SEAL_PERSON, /* AES-256-GCM over citizen_number, name, phone, bank_card of person */
    KEY_HASH_CITIZEN_NUMBER,
    KEY_HASH_CARD_NUMBER, /* social-security card */
    KEY_HASH_PHONE,
    KEY_HASH_NAME,
    KEY_SIGN_CURSOR,
    KEY_HASH_CODE,         /* codes sent by text message, with their challenge */
    KEY_HASH_ATTEMPT,      /* numbers and places that attempts are counted by */
    KEY_PEPPER_CREDENTIAL, /* passwords and PINs, before scrypt */
    KEY_HASH_CONTENT,      /* what a request with an Idempotency-Key asks for */
    KEY_PURPOSES,
};

struct keyring; /* read-only after opening: shared by all threads */

struct pg_session;

/* Loads and unwraps all keys. NULL, with a line for a person in *error, when the file cannot be read or does not fit.
 */
struct keyring *keyring_open(struct pg_session *session, const char *master_key_path, const char **error);
/* Makes the missing ones (under an advisory lock; used by migrate) and the master key file (0600) when neither it nor
 * any key exists. */
bool keyring_create_missing(struct pg_session *session, const char *master_key_path, const char **error);
/* The KEY_BYTES of the newest key of a purpose, for code that hashes or signs by itself. Lives as long as the keyring.
 */
const uint8_t *keyring_key(const struct keyring *keyring, enum key_purpose purpose);
void keyring_close(struct keyring *keyring); /* wipes */

/*
 * Sealed value: algorithm byte (1 = AES-256-GCM), key version (2 bytes, big-endian), nonce (12), ciphertext, tag (16).
 * Associated data: "table.column", the row's id, the key version: a value moved to another row or column does not open.
 */
#define SEAL_OVERHEAD_BYTES (1 + 2 + 12 + 16)
bool keyring_seal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span plain,
                  uint8_t *out, size_t out_bytes, size_t *written_bytes);
bool keyring_unseal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span sealed,
                    char *out, size_t out_bytes, size_t *written_bytes);

/* HMAC-SHA-256 under the purpose's key: equality look-up without the plain value. */
bool keyring_hash(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                  uint8_t out[KEYED_HASH_BYTES]);
