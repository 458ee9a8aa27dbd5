/* Keyed hashes: HMAC-SHA-256, one key for each purpose. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/keyring_internal.h"

bool keyring_hash(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                  uint8_t out[KEYED_HASH_BYTES])
{
    if (keyring->hashers[purpose] == NULL)
        return false;
    /* The original is shared by all threads and never moves; setting the key up again would cost two more blocks. */
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(keyring->hashers[purpose]);
    size_t written = 0;
    bool is_done = context != NULL && EVP_MAC_update(context, (const uint8_t *)plain.bytes, plain.length) == 1 &&
                   EVP_MAC_final(context, out, &written, KEYED_HASH_BYTES) == 1 && written == KEYED_HASH_BYTES;
    EVP_MAC_CTX_free(context);
    return is_done;
}
