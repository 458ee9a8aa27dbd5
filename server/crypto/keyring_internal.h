/* What the files of the keyring share, and what tests need to make one without a database. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include <openssl/evp.h>
#include <stdatomic.h>

#define IN_USE_ALSO 256u /* more than KEY_VERSIONS_MAXIMUM */

struct key {
    uint16_t version;
    uint8_t bytes[KEY_BYTES];
};

/*
 * Keys are only ever added, by one thread, and never change: a thread that has seen the count sees whole keys. Which
 * one seals or signs may change to a newer one at any moment.
 */
struct keyring {
    struct key keys[KEY_PURPOSES][KEY_VERSIONS_MAXIMUM]; /* growing versions, packed to the front */
    atomic_uint counts[KEY_PURPOSES];
    /* Index + 1 of the one that seals, signs or hashes; 256 × that of the one that hashes are stored by besides. */
    atomic_uint in_use[KEY_PURPOSES];
    EVP_MAC_CTX *hashers[KEY_PURPOSES][KEY_VERSIONS_MAXIMUM]; /* keyed and ready, only ever duplicated; none to seal */
    EVP_MAC *mac;
    EVP_CIPHER *cipher;
};

/* Zeroed, with the algorithms fetched; NULL when OpenSSL refuses. */
struct keyring *keyring_new(void);
/* Adds a key; versions of a purpose come in growing order. False when there are too many, or OpenSSL refuses. */
bool keyring_add(struct keyring *keyring, enum key_purpose purpose, const struct key *key);
/* The key of that version, or NULL. */
const struct key *keyring_find(const struct keyring *keyring, enum key_purpose purpose, unsigned version);
/* From now on that key, which has been added, is the one in use; `also` (or NULL) is one that hashes are stored by too.
 */
void keyring_use(struct keyring *keyring, enum key_purpose purpose, const struct key *key, const struct key *also);
/* Whether every purpose has a key in use. */
bool keyring_is_whole(const struct keyring *keyring);
/* The key of a purpose that is in use, or NULL. */
const struct key *keyring_in_use(const struct keyring *keyring, enum key_purpose purpose);
/* For tests: version 1 of every purpose from the given bytes. NULL when OpenSSL refuses. */
struct keyring *keyring_open_fixed(const uint8_t keys[KEY_PURPOSES][KEY_BYTES]);
