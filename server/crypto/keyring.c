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

enum key_purpose key_purpose_find(const char *name)
{
    int purpose = 0;
    while (purpose < KEY_PURPOSES && strcmp(key_purpose_name((enum key_purpose)purpose), name) != 0)
        purpose++;
    return (enum key_purpose)purpose;
}

struct keyring *keyring_new(void)
{
    struct keyring *keyring = OPENSSL_secure_zalloc(sizeof *keyring);
    if (keyring == NULL)
        return NULL;
    keyring->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    keyring->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (keyring->cipher != NULL && keyring->mac != NULL)
        return keyring;
    keyring_close(keyring);
    return NULL;
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

bool keyring_add(struct keyring *keyring, enum key_purpose purpose, const struct key *key)
{
    unsigned count = atomic_load_explicit(&keyring->counts[purpose], memory_order_relaxed);
    if (count == KEY_VERSIONS_MAXIMUM)
        return false;
    if (purpose != KEY_SEAL_PERSON) {
        keyring->hashers[purpose][count] = make_hasher(keyring->mac, key);
        if (keyring->hashers[purpose][count] == NULL)
            return false;
    }
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

void keyring_use(struct keyring *keyring, enum key_purpose purpose, const struct key *key, const struct key *also)
{
    unsigned after = (unsigned)(key - keyring->keys[purpose]) + 1;
    unsigned after_also = also == NULL ? 0 : (unsigned)(also - keyring->keys[purpose]) + 1;
    atomic_store_explicit(&keyring->in_use[purpose], after + IN_USE_ALSO * after_also, memory_order_release);
}

const struct key *keyring_in_use(const struct keyring *keyring, enum key_purpose purpose)
{
    unsigned after = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire) % IN_USE_ALSO;
    return after == 0 ? NULL : &keyring->keys[purpose][after - 1];
}

const uint8_t *keyring_key(const struct keyring *keyring, enum key_purpose purpose)
{
    return keyring_in_use(keyring, purpose)->bytes; /* keyring_is_whole has seen that there is one */
}

unsigned keyring_keys(const struct keyring *keyring, enum key_purpose purpose,
                      const uint8_t *keys[KEY_VERSIONS_MAXIMUM], unsigned *in_use)
{
    unsigned count = atomic_load_explicit(&keyring->counts[purpose], memory_order_acquire);
    for (unsigned i = 0; i < count; i++)
        keys[i] = keyring->keys[purpose][i].bytes;
    *in_use = atomic_load_explicit(&keyring->in_use[purpose], memory_order_acquire) % IN_USE_ALSO - 1;
    return count;
}

bool keyring_is_whole(const struct keyring *keyring)
{
    for (int purpose = 0; purpose < KEY_PURPOSES; purpose++)
        if (keyring_in_use(keyring, (enum key_purpose)purpose) == NULL)
            return false;
    return true;
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
        keyring_use(keyring, (enum key_purpose)purpose, &keyring->keys[purpose][0], NULL);
        OPENSSL_cleanse(&key, sizeof key);
    }
    if (is_done)
        return keyring;
    keyring_close(keyring);
    return NULL;
}

void keyring_close(struct keyring *keyring)
{
    if (keyring == NULL)
        return;
    for (int purpose = 0; purpose < KEY_PURPOSES; purpose++)
        for (int version = 0; version < KEY_VERSIONS_MAXIMUM; version++)
            EVP_MAC_CTX_free(keyring->hashers[purpose][version]);
    EVP_MAC_free(keyring->mac);
    EVP_CIPHER_free(keyring->cipher);
    OPENSSL_secure_clear_free(keyring, sizeof *keyring);
}
