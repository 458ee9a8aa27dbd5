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

/* From the hash of one version (or the value itself, before the first) to that of the version at `last`. */
static bool hash_on(const struct keyring *keyring, enum key_purpose purpose, unsigned first, unsigned last,
                    struct span from, uint8_t out[KEYED_HASH_BYTES])
{
    bool is_done = hash_by(keyring, purpose, first, from, out);
    for (unsigned index = first + 1; is_done && index <= last; index++)
        is_done = hash_by(keyring, purpose, index, span_of_hash(out), out);
    return is_done;
}

bool keyring_hash(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                  uint8_t out[KEYED_HASH_BYTES])
{
    unsigned in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire);
    return purpose != KEY_SEAL_PERSON && in_use != 0 &&
           hash_on(keyring, purpose, 0, in_use % IN_USE_ALSO - 1, plain, out);
}

static bool write_item(const struct keyring *keyring, enum key_purpose purpose, unsigned index, struct span plain,
                       uint8_t out[KEYED_ITEM_BYTES])
{
    uint16_t version = keyring->keys[purpose][index].version;
    out[0] = (uint8_t)(version >> 8);
    out[1] = (uint8_t)version;
    return hash_on(keyring, purpose, 0, index, plain, out + KEYED_ITEM_BYTES - KEYED_HASH_BYTES);
}

bool keyring_hash_items(const struct keyring *keyring, enum key_purpose purpose, struct span plain,
                        uint8_t out[KEYED_ITEMS_BYTES], size_t *written_bytes)
{
    unsigned in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire);
    unsigned also = in_use / IN_USE_ALSO;
    *written_bytes = also == 0 ? KEYED_ITEM_BYTES : KEYED_ITEMS_BYTES;
    return purpose != KEY_SEAL_PERSON && in_use != 0 &&
           write_item(keyring, purpose, in_use % IN_USE_ALSO - 1, plain, out) &&
           (also == 0 || write_item(keyring, purpose, also - 1, plain, out + KEYED_ITEM_BYTES));
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
