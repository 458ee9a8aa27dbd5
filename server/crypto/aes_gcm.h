/* AES-256-GCM with a random 96-bit nonce. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#define AES_GCM_KEY_BYTES 32
#define AES_GCM_NONCE_BYTES 12
#define AES_GCM_TAG_BYTES 16
#define AES_GCM_OVERHEAD_BYTES (AES_GCM_NONCE_BYTES + AES_GCM_TAG_BYTES)

/* `cipher` is a fetched AES-256-GCM. Writes nonce, ciphertext, tag: plain.length + AES_GCM_OVERHEAD_BYTES. */
bool aes_gcm_encrypt(const EVP_CIPHER *cipher, const uint8_t *key, struct span associated, struct span plain,
                     uint8_t *out);
/* Writes sealed.length − AES_GCM_OVERHEAD_BYTES. False, with `out` wiped, when anything was changed. */
bool aes_gcm_decrypt(const EVP_CIPHER *cipher, const uint8_t *key, struct span associated, struct span sealed,
                     uint8_t *out);
