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
    for (size_t i = 0; i < KEY_VERSIONS_MAXIMUM; i++) {
        if (keyring->keys[purpose][i].version == 0) {
            keyring->keys[purpose][i] = *key;
            return true;
        }
    }
    return false;
}

const struct key *keyring_newest(const struct keyring *keyring, enum key_purpose purpose)
{
    const struct key *newest = NULL;
    for (size_t i = 0; i < KEY_VERSIONS_MAXIMUM && keyring->keys[purpose][i].version != 0; i++) {
        if (!keyring->keys[purpose][i].is_retired)
            newest = &keyring->keys[purpose][i];
    }
    return newest;
}

const uint8_t *keyring_key(const struct keyring *keyring, enum key_purpose purpose)
{
    return keyring_newest(keyring, purpose)->bytes; /* keyring_finish has seen that there is one */
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
    bool is_done = mac != NULL && keyring_newest(keyring, KEY_SEAL_PERSON) != NULL;
    for (int purpose = KEY_SEAL_PERSON + 1; is_done && purpose < KEY_PURPOSES; purpose++) {
        const struct key *key = keyring_newest(keyring, (enum key_purpose)purpose);
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
