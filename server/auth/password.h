/* What is kept of passwords and PINs: scrypt over a keyed hash of them, hashed again by each newer version of the key.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

#define PASSWORD_SALT_BYTES 16

/* N = 2^15, r = 8: 32 MiB and some 60 ms of one core. What is stored keeps the parameters that it was made with. */
#define PASSWORD_LOG2_N 15
#define PASSWORD_BLOCK_SIZE 8
#define PASSWORD_PARALLEL 1

struct password_params {
    const struct keyring *keyring; /* its pepper_credential: without that a stolen table cannot be tried */
    uint8_t salt[PASSWORD_SALT_BYTES];
    uint8_t log2_n;
    uint8_t block_size;
    uint8_t parallel;
};

/*
 * What is stored or compared: two items as of keyring_hash_items, the same twice but while the pepper changes. So it is
 * as long before it is derived, when a call is bound, as after.
 */
struct password_hash {
    uint8_t items[KEYED_ITEMS_BYTES];
};

/* Today's parameters with a random salt; false when the system gives no randomness. */
bool password_params_new(const struct keyring *keyring, struct password_params *params);
/*
 * Today's parameters with a salt that follows from `subject`: for whom nothing is stored, so that the same work is done
 * and nobody can tell. `subject` has at most 128 bytes. False when OpenSSL refuses.
 */
bool password_params_decoy(const struct keyring *keyring, struct span subject, struct password_params *params);

/*
 * Slow on purpose: for crypto threads only. The caller wipes `secret` and `hash`. False when OpenSSL refuses, or memory
 * is short, or the parameters are beyond PASSWORD_MEMORY_BYTES.
 */
bool password_derive(struct span secret, const struct password_params *params, struct password_hash *hash);
struct span password_hash_span(const struct password_hash *hash);
/*
 * As slow: whether the secret is what is `stored`, which was last hashed by `version` of the pepper when it was read.
 * Only where it is not compared in the database.
 */
bool password_verify(struct span secret, const struct password_params *params, const uint8_t stored[KEYED_HASH_BYTES],
                     unsigned version, bool *is_right);
