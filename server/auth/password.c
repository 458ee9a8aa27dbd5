/* What is kept of passwords and PINs: scrypt over a keyed hash of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/password.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

/* scrypt takes 128 × r × N bytes, a little for p, and OpenSSL's own default stops at exactly 32 MiB. */
#define PASSWORD_MEMORY_BYTES ((uint64_t)160 << 20)
#define DECOY_BYTES_MAX 128

static EVP_KDF *scrypt;
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    scrypt = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
}

static void params_of_today(const struct keyring *keyring, struct password_params *params)
{
    params->keyring = keyring;
    params->log2_n = PASSWORD_LOG2_N;
    params->block_size = PASSWORD_BLOCK_SIZE;
    params->parallel = PASSWORD_PARALLEL;
}

bool password_params_new(const struct keyring *keyring, struct password_params *params)
{
    params_of_today(keyring, params);
    return RAND_bytes(params->salt, sizeof params->salt) == 1;
}

bool password_params_decoy(const struct keyring *keyring, struct span subject, struct password_params *params)
{
    static const char use[] = "salt:";
    char text[sizeof use + DECOY_BYTES_MAX];
    uint8_t hash[KEYED_HASH_BYTES];
    params_of_today(keyring, params);
    if (subject.length > DECOY_BYTES_MAX)
        return false;
    memcpy(text, use, sizeof use);
    memcpy(text + sizeof use, subject.bytes, subject.length);
    struct span whole = {.bytes = text, .length = sizeof use + subject.length};
    if (!keyring_hash(keyring, KEY_HASH_ATTEMPT, whole, hash))
        return false;
    memcpy(params->salt, hash, sizeof params->salt);
    return true;
}

static bool stretch(uint8_t peppered[KEYED_HASH_BYTES], const struct password_params *params,
                    uint8_t hash[KEYED_HASH_BYTES])
{
    uint8_t salt[PASSWORD_SALT_BYTES];
    uint64_t n = UINT64_C(1) << params->log2_n, memory_bytes = PASSWORD_MEMORY_BYTES;
    uint32_t r = params->block_size, p = params->parallel;
    memcpy(salt, params->salt, sizeof salt);
    const OSSL_PARAM options[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, peppered, KEYED_HASH_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, sizeof salt),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory_bytes),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(scrypt);
    bool is_done = context != NULL && EVP_KDF_derive(context, hash, KEYED_HASH_BYTES, options) == 1;
    EVP_KDF_CTX_free(context);
    return is_done;
}

/* scrypt over the hash of the secret by the first version of the pepper: what every version begins with. */
static bool derive_first(struct span secret, const struct password_params *params, uint8_t first[KEYED_HASH_BYTES])
{
    uint8_t peppered[KEYED_HASH_BYTES];
    pthread_once(&fetch_once, fetch);
    if (scrypt == NULL || params->log2_n == 0 || params->log2_n > 20)
        return false;
    bool is_done = keyring_hash_first(params->keyring, KEY_PEPPER_CREDENTIAL, secret, peppered) &&
                   stretch(peppered, params, first);
    OPENSSL_cleanse(peppered, sizeof peppered);
    return is_done;
}

bool password_derive(struct span secret, const struct password_params *params, struct password_hash *hash)
{
    uint8_t first[KEYED_HASH_BYTES];
    size_t length = 0;
    bool is_done = derive_first(secret, params, first) &&
                   keyring_hash_items_of(params->keyring, KEY_PEPPER_CREDENTIAL, first, hash->items, &length);
    if (is_done && length == KEYED_ITEM_BYTES)
        memcpy(hash->items + KEYED_ITEM_BYTES, hash->items, KEYED_ITEM_BYTES);
    OPENSSL_cleanse(first, sizeof first);
    return is_done;
}

struct span password_hash_span(const struct password_hash *hash)
{
    return (struct span){.bytes = (const char *)hash->items, .length = sizeof hash->items};
}

bool password_verify(struct span secret, const struct password_params *params, const uint8_t stored[KEYED_HASH_BYTES],
                     unsigned version, bool *is_right)
{
    uint8_t first[KEYED_HASH_BYTES], hash[KEYED_HASH_BYTES];
    bool is_done = derive_first(secret, params, first) &&
                   keyring_hash_version_of(params->keyring, KEY_PEPPER_CREDENTIAL, first, version, hash);
    *is_right = is_done && CRYPTO_memcmp(hash, stored, sizeof hash) == 0;
    OPENSSL_cleanse(first, sizeof first);
    OPENSSL_cleanse(hash, sizeof hash);
    return is_done;
}
