/* Keyed hashes: HMAC-SHA-256 by the first version of a key, that hashed again by the second, and so on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/keyring_internal.h"
#include <openssl/crypto.h>

/* The original is shared by all threads and never moves; setting the key up again would cost two more blocks. */
static bool hash_by(const struct keyring *keyring, enum key_purpose purpose, unsigned index, struct span plain,
                    uint8_t out[KEYED_HASH_BYTES])
{
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(keyring->hashers[purpose][index]);
    size_t written = 0;
    bool is_done = context != NULL && EVP_MAC_update(context, (const uint8_t *)plain.bytes, plain.length) == 1 &&
                   EVP_MAC_final(context, out, &written, KEYED_HASH_BYTES) == 1 && written == KEYED_HASH_BYTES;
    EVP_MAC_CTX_free(context);
    return is_done;
}

static struct span span_of_hash(const uint8_t hash[KEYED_HASH_BYTES])
{
    return (struct span){.bytes = (const char *)hash, .length = KEYED_HASH_BYTES};
}

/* From the hash of the first version to that of the version at `last`, in place. */
static bool carry_on(const struct keyring *keyring, enum key_purpose purpose, unsigned last,
                     uint8_t hash[KEYED_HASH_BYTES])
{
    bool is_done = true;
    for (unsigned index = 1; is_done && index <= last; index++)
        is_done = hash_by(keyring, purpose, index, span_of_hash(hash), hash);
    return is_done;
}

bool keyring_hash_first(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                        uint8_t out[KEYED_HASH_BYTES])
{
    return purpose != KEY_SEAL_PERSON && atomic_load_explicit(&keyring->counts[purpose], memory_order_acquire) > 0 &&
           hash_by(keyring, purpose, 0, plain, out);
}

bool keyring_hash(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                  uint8_t out[KEYED_HASH_BYTES])
{
    unsigned in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire);
    return in_use != 0 && keyring_hash_first(keyring, purpose, plain, out) &&
           carry_on(keyring, purpose, in_use % IN_USE_ALSO - 1, out);
}

static bool write_item(const struct keyring *keyring, enum key_purpose purpose, unsigned index,
                       const uint8_t first[KEYED_HASH_BYTES], uint8_t out[KEYED_ITEM_BYTES])
{
    uint16_t version = keyring->keys[purpose][index].version;
    uint8_t *hash = out + KEYED_ITEM_BYTES - KEYED_HASH_BYTES;
    out[0] = (uint8_t)(version >> 8);
    out[1] = (uint8_t)version;
    memcpy(hash, first, KEYED_HASH_BYTES);
    return carry_on(keyring, purpose, index, hash);
}

bool keyring_hash_items_of(const struct keyring *keyring, enum key_purpose purpose,
                           const uint8_t first[KEYED_HASH_BYTES], uint8_t out[KEYED_ITEMS_BYTES], size_t *written_bytes)
{
    unsigned in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire);
    unsigned also = in_use / IN_USE_ALSO;
    *written_bytes = also == 0 ? KEYED_ITEM_BYTES : KEYED_ITEMS_BYTES;
    return in_use != 0 && write_item(keyring, purpose, in_use % IN_USE_ALSO - 1, first, out) &&
           (also == 0 || write_item(keyring, purpose, also - 1, first, out + KEYED_ITEM_BYTES));
}

bool keyring_hash_version_of(const struct keyring *keyring, enum key_purpose purpose,
                             const uint8_t first[KEYED_HASH_BYTES], unsigned version, uint8_t out[KEYED_HASH_BYTES])
{
    const struct key *key = keyring_find(keyring, purpose, version);
    memcpy(out, first, KEYED_HASH_BYTES);
    return key != NULL && carry_on(keyring, purpose, (unsigned)(key - keyring->keys[purpose]), out);
}

bool keyring_hash_items(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                        uint8_t out[KEYED_ITEMS_BYTES], size_t *written_bytes)
{
    uint8_t first[KEYED_HASH_BYTES];
    bool is_done = keyring_hash_first(keyring, purpose, plain, first) &&
                   keyring_hash_items_of(keyring, purpose, first, out, written_bytes);
    OPENSSL_cleanse(first, sizeof first);
    return is_done;
}

bool keyring_hash_again(const struct keyring *keyring, enum key_purpose purpose, unsigned from_version,
                        const uint8_t hash[KEYED_HASH_BYTES], uint8_t out[KEYED_HASH_BYTES])
{
    const struct key *from = keyring_find(keyring, purpose, from_version);
    const struct key *next = keyring_find(keyring, purpose, from_version + 1);
    if (purpose == KEY_SEAL_PERSON || from == NULL || next == NULL)
        return false;
    return hash_by(keyring, purpose, (unsigned)(next - keyring->keys[purpose]), span_of_hash(hash), out);
}
