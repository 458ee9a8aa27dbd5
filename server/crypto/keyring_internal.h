/* What the files of the keyring share, and what tests need to make one without a database. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include <openssl/evp.h>

#define KEY_VERSIONS_MAXIMUM 16 /* of one purpose; rotation once a year for as many years */

struct key {
    uint16_t version; /* 0: none */
    bool is_retired;  /* opens, no longer seals */
    uint8_t bytes[KEY_BYTES];
};

struct keyring {
    struct key keys[KEY_PURPOSES][KEY_VERSIONS_MAXIMUM]; /* growing versions, packed to the front */
    EVP_MAC_CTX *hashers[KEY_PURPOSES]; /* keyed and ready, only ever duplicated; NULL for sealing keys */
    EVP_CIPHER *cipher;
};

/* Text of data_key.purpose. */
const char *key_purpose_name(enum key_purpose purpose);

/* Zeroed, with the cipher fetched; NULL when OpenSSL refuses. */
struct keyring *keyring_new(void);
/* Adds a key; versions of a purpose come in growing order. False when there are too many. */
bool keyring_add(struct keyring *keyring, enum key_purpose purpose, const struct key *key);
/* Prepares what is derived from the keys; false when a purpose has no key in use or OpenSSL refuses. */
bool keyring_finish(struct keyring *keyring);
/* The newest key of a purpose that is not retired, or NULL. */
const struct key *keyring_newest(const struct keyring *keyring, enum key_purpose purpose);
/* For tests: version 1 of every purpose from the given bytes. NULL when OpenSSL refuses. */
struct keyring *keyring_open_fixed(const uint8_t keys[KEY_PURPOSES][KEY_BYTES]);
