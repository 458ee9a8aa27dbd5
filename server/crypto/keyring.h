/* The program's keys: kept in PostgreSQL, wrapped by a master key in a file (docs/architecture.md 8). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include "server/uuid.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_BYTES 32
#define KEY_VERSIONS_MAXIMUM 16 /* of one purpose; rotation once a year for as many years */
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

/* Text of data_key.purpose. */
const char *key_purpose_name(enum key_purpose purpose);
/* The purpose of that name, or KEY_PURPOSES. */
enum key_purpose key_purpose_find(const char *name);

struct keyring; /* shared by all threads; only keyring_refresh changes it */

struct pg_session;

/* Loads and unwraps all keys. NULL, with a line for a person in *error, when the file cannot be read or does not fit.
 */
struct keyring *keyring_open(struct pg_session *session, const char *master_key_path, const char **error);
/* Makes the missing ones (under an advisory lock; used by migrate) and the master key file (0600) when neither it nor
 * any key exists. */
bool keyring_create_missing(struct pg_session *session, const char *master_key_path, const char **error);
/* The KEY_BYTES of the key in use of a purpose, for code that hashes or signs by itself. Lives as long as the keyring.
 */
const uint8_t *keyring_key(const struct keyring *keyring, enum key_purpose purpose);
/* All keys of a purpose, and which of them is in use. */
unsigned keyring_keys(const struct keyring *keyring, enum key_purpose purpose,
                      const uint8_t *keys[KEY_VERSIONS_MAXIMUM], unsigned *in_use);
void keyring_close(struct keyring *keyring); /* wipes */

/*
 * While others use it: adds the keys that `rows` of keyring_query have and the ring lacks, and takes into use those
 * whose time has come. The file is only read when something is to be opened, or everything shall be (`opens_all`).
 * False with a line for a person; nothing has changed for the worse then.
 */
struct pg_result;
extern const char keyring_query[];
bool keyring_refresh(struct keyring *keyring, const struct pg_result *rows, const char *master_key_path, bool opens_all,
                     const char **error);

/*
 * A new key of a purpose, which is used from `after_s` seconds from now on: until then every process has it. Not of
 * hash_content. A key whose hashes are stored for good, in a chain, is only announced, and cli/keys/rehash.c does the
 * rest.
 */
bool keyring_can_rotate(enum key_purpose purpose);
bool key_purpose_is_chained(enum key_purpose purpose);
bool keyring_rotate(struct pg_session *session, const char *master_key_path, enum key_purpose purpose, unsigned after_s,
                    unsigned *version, const char **error);
/* Wraps all keys by the next master key, in one transaction; those that are already stay. */
bool keyring_rewrap(struct pg_session *session, const char *master_key_path, unsigned *rewrapped, const char **error);

/*
 * Sealed value: algorithm byte (1 = AES-256-GCM), key version (2 bytes, big-endian), nonce (12), ciphertext, tag (16).
 * Associated data: "table.column", the row's id, the key version: a value moved to another row or column does not open.
 */
#define SEAL_OVERHEAD_BYTES (1 + 2 + 12 + 16)
bool keyring_seal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span plain,
                  uint8_t *out, size_t out_bytes, size_t *written_bytes);
bool keyring_unseal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span sealed,
                    char *out, size_t out_bytes, size_t *written_bytes);

/*
 * HMAC-SHA-256 under the purpose's key: equality look-up without the plain value. By a key that was changed it is the
 * older version's hash, hashed again by the newer (docs/adr/0004-hashes-in-a-chain.md).
 */
bool keyring_hash(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                  uint8_t out[KEYED_HASH_BYTES]);

/*
 * What is given to be stored or compared: an item for the version that is looked up by and, while the key changes, one
 * for the other version that is written. An item is the version (2 bytes, big-endian) and the hash.
 */
#define KEYED_ITEM_BYTES (2 + KEYED_HASH_BYTES)
#define KEYED_ITEMS_BYTES (2 * KEYED_ITEM_BYTES)
bool keyring_hash_items(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                        uint8_t out[KEYED_ITEMS_BYTES], size_t *written_bytes);
/*
 * The two halves of it, for what is stretched in between: the hash by the first version of the key, and the items, or
 * the hash of one version, that follow from what became of it.
 */
bool keyring_hash_first(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                        uint8_t out[KEYED_HASH_BYTES]);
bool keyring_hash_items_of(const struct keyring *keyring, enum key_purpose purpose,
                           const uint8_t first[KEYED_HASH_BYTES], uint8_t out[KEYED_ITEMS_BYTES],
                           size_t *written_bytes);
bool keyring_hash_version_of(const struct keyring *keyring, enum key_purpose purpose,
                             const uint8_t first[KEYED_HASH_BYTES], unsigned version, uint8_t out[KEYED_HASH_BYTES]);
/* From the hash of one version to that of the next; false when the ring lacks either. */
bool keyring_hash_again(const struct keyring *keyring, enum key_purpose purpose, unsigned from_version,
                        const uint8_t hash[KEYED_HASH_BYTES], uint8_t out[KEYED_HASH_BYTES]);
