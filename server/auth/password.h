/* What is kept of passwords and PINs: scrypt over a keyed hash of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

#define PASSWORD_SALT_BYTES 16
#define PASSWORD_HASH_BYTES 32

/* N = 2^15, r = 8: 32 MiB and some 60 ms of one core. What is stored keeps the parameters that it was made with. */
#define PASSWORD_LOG2_N 15
#define PASSWORD_BLOCK_SIZE 8
#define PASSWORD_PARALLEL 1

struct password_params {
    const uint8_t
        *pepper; /* KEY_BYTES, keyring_key(KEY_PEPPER_CREDENTIAL): without it a stolen table cannot be tried */
    uint8_t salt[PASSWORD_SALT_BYTES];
    uint8_t log2_n;
    uint8_t block_size;
    uint8_t parallel;
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
bool password_derive(struct span secret, const struct password_params *params, uint8_t hash[PASSWORD_HASH_BYTES]);
/* In constant time. */
bool password_hash_equal(const uint8_t a[PASSWORD_HASH_BYTES], struct span b);
