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
static EVP_MAC *hmac;
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    scrypt = EVP_KDF_fetch(NULL, "SCRYPT", NULL);
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

static void params_of_today(const struct keyring *keyring, struct password_params *params)
{
    params->pepper = keyring_key(keyring, KEY_PEPPER_CREDENTIAL);
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

static bool add_pepper(struct span secret, const uint8_t *pepper, uint8_t out[KEYED_HASH_BYTES])
{
    char digest[] = "SHA256";
    const OSSL_PARAM options[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                  OSSL_PARAM_construct_end()};
    size_t length = 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
    bool is_done = context != NULL && EVP_MAC_init(context, pepper, KEY_BYTES, options) == 1 &&
                   EVP_MAC_update(context, (const uint8_t *)secret.bytes, secret.length) == 1 &&
                   EVP_MAC_final(context, out, &length, KEYED_HASH_BYTES) == 1 && length == KEYED_HASH_BYTES;
    EVP_MAC_CTX_free(context);
    return is_done;
}

static bool stretch(uint8_t peppered[KEYED_HASH_BYTES], const struct password_params *params,
                    uint8_t hash[PASSWORD_HASH_BYTES])
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
    bool is_done = context != NULL && EVP_KDF_derive(context, hash, PASSWORD_HASH_BYTES, options) == 1;
    EVP_KDF_CTX_free(context);
    return is_done;
}

bool password_derive(struct span secret, const struct password_params *params, uint8_t hash[PASSWORD_HASH_BYTES])
{
    uint8_t peppered[KEYED_HASH_BYTES];
    pthread_once(&fetch_once, fetch);
    if (scrypt == NULL || hmac == NULL || params->log2_n == 0 || params->log2_n > 20)
        return false;
    bool is_done = add_pepper(secret, params->pepper, peppered) && stretch(peppered, params, hash);
    OPENSSL_cleanse(peppered, sizeof peppered);
    return is_done;
}

bool password_hash_equal(const uint8_t a[PASSWORD_HASH_BYTES], struct span b)
{
    return b.length == PASSWORD_HASH_BYTES && CRYPTO_memcmp(a, b.bytes, PASSWORD_HASH_BYTES) == 0;
}
