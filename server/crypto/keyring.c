/* The set of keys in memory. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/keyring_internal.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <stdlib.h>

const char *key_purpose_name(enum key_purpose purpose)
{
    switch (purpose) {
    case KEY_SEAL_PERSON:
        return "seal_person";
    case KEY_HASH_CITIZEN_NUMBER:
        return "hash_citizen_number";
    case KEY_HASH_CARD_NUMBER:
        return "hash_card_number";
    case KEY_HASH_PHONE:
        return "hash_phone";
    case KEY_HASH_NAME:
        return "hash_name";
    case KEY_SIGN_CURSOR:
        return "sign_cursor";
    case KEY_HASH_CODE:
        return "hash_code";
    case KEY_HASH_ATTEMPT:
        return "hash_attempt";
    case KEY_PEPPER_CREDENTIAL:
        return "pepper_credential";
    case KEY_HASH_CONTENT:
        return "hash_content";
    case KEY_PURPOSES:
        break;
    }
    return NULL;
}

struct keyring *keyring_new(void)
{
    struct keyring *keyring = OPENSSL_secure_zalloc(sizeof *keyring);
    if (keyring == NULL)
        return NULL;
    keyring->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (keyring->cipher != NULL)
        return keyring;
    keyring_close(keyring);
    return NULL;
}

bool keyring_add(struct keyring *keyring, enum key_purpose purpose, const struct key *key)
{
    unsigned count = atomic_load_explicit(&keyring->counts[purpose], memory_order_relaxed);
    if (count == KEY_VERSIONS_MAXIMUM)
        return false;
    keyring->keys[purpose][count] = *key;
    atomic_store_explicit(&keyring->counts[purpose], count + 1, memory_order_release);
    return true;
}

const struct key *keyring_find(const struct keyring *keyring, enum key_purpose purpose, unsigned version)
{
    unsigned count = atomic_load_explicit(&keyring->counts[purpose], memory_order_acquire);
    for (unsigned i = 0; i < count; i++) {
        if (keyring->keys[purpose][i].version == version)
            return &keyring->keys[purpose][i];
    }
    return NULL;
}

void keyring_use(struct keyring *keyring, enum key_purpose purpose, const struct key *key)
{
    unsigned index = (unsigned)(key - keyring->keys[purpose]);
    atomic_store_explicit(&keyring->in_use[purpose], index + 1, memory_order_release);
}

const struct key *keyring_in_use(const struct keyring *keyring, enum key_purpose purpose)
{
    unsigned after = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire);
    return after == 0 ? NULL : &keyring->keys[purpose][after - 1];
}

const uint8_t *keyring_key(const struct keyring *keyring, enum key_purpose purpose)
{
    return keyring_in_use(keyring, purpose)->bytes; /* keyring_finish has seen that there is one */
}

unsigned keyring_keys(const struct keyring *keyring, enum key_purpose purpose,
                      const uint8_t *keys[KEY_VERSIONS_MAXIMUM], unsigned *in_use)
{
    unsigned count = atomic_load_explicit(&keyring->counts[purpose], memory_order_acquire);
    for (unsigned i = 0; i < count; i++)
        keys[i] = keyring->keys[purpose][i].bytes;
    *in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire) - 1;
    return count;
}

static EVP_MAC_CTX *make_hasher(EVP_MAC *mac, const struct key *key)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *hasher = EVP_MAC_CTX_new(mac);
    if (hasher != NULL && EVP_MAC_init(hasher, key->bytes, KEY_BYTES, params) == 1)
        return hasher;
    EVP_MAC_CTX_free(hasher);
    return NULL;
}

bool keyring_finish(struct keyring *keyring)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    bool is_done = mac != NULL && keyring_in_use(keyring, KEY_SEAL_PERSON) != NULL;
    for (int purpose = KEY_SEAL_PERSON + 1; is_done && purpose < KEY_PURPOSES; purpose++) {
        const struct key *key = keyring_in_use(keyring, (enum key_purpose)purpose);
        keyring->hashers[purpose] = key == NULL ? NULL : make_hasher(mac, key);
        is_done = keyring->hashers[purpose] != NULL;
    }
    EVP_MAC_free(mac);
    return is_done;
}

struct keyring *keyring_open_fixed(const uint8_t keys[KEY_PURPOSES][KEY_BYTES])
{
    struct keyring *keyring = keyring_new();
    if (keyring == NULL)
        return NULL;
    bool is_done = true;
    for (int purpose = 0; is_done && purpose < KEY_PURPOSES; purpose++) {
        struct key key = {.version = 1};
        memcpy(key.bytes, keys[purpose], KEY_BYTES);
        is_done = keyring_add(keyring, (enum key_purpose)purpose, &key);
        keyring_use(keyring, (enum key_purpose)purpose, &keyring->keys[purpose][0]);
        OPENSSL_cleanse(&key, sizeof key);
    }
    if (is_done && keyring_finish(keyring))
        return keyring;
    keyring_close(keyring);
    return NULL;
}

void keyring_close(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    for (int purpose = 0; purpose < KEY_PURPOSES; purpose++)
        EVP_MAC_CTX_free(keyring->hashers[purpose]);
    EVP_CIPHER_free(keyring->cipher);
    OPENSSL_secure_clear_free(keyring, sizeof *keyring);
}
