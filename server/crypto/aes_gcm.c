/* AES-256-GCM by OpenSSL's EVP. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/aes_gcm.h"
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

static const uint8_t *bytes_of(struct span span)
{
    return (const uint8_t *)span.bytes;
}

bool aes_gcm_encrypt(const EVP_CIPHER *cipher, const uint8_t *key, struct span associated, struct span plain,
                     uint8_t *out)
{
    uint8_t *nonce = out, *text = out + AES_GCM_NONCE_BYTES, *tag = text + plain.length;
    if (plain.length > INT_MAX || associated.length > INT_MAX || RAND_bytes(nonce, AES_GCM_NONCE_BYTES) != 1)
        return false;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, last = 0;
    bool is_done = context != NULL && EVP_EncryptInit_ex2(context, cipher, key, nonce, NULL) == 1 &&
                   EVP_EncryptUpdate(context, NULL, &written, bytes_of(associated), (int)associated.length) == 1 &&
                   EVP_EncryptUpdate(context, text, &written, bytes_of(plain), (int)plain.length) == 1 &&
                   EVP_EncryptFinal_ex(context, text + written, &last) == 1 &&
                   (size_t)written + (size_t)last == plain.length &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, AES_GCM_TAG_BYTES, tag) == 1;
    EVP_CIPHER_CTX_free(context);
    return is_done;
}

bool aes_gcm_decrypt(const EVP_CIPHER *cipher, const uint8_t *key, struct span associated, struct span sealed,
                     uint8_t *out)
{
    if (sealed.length < AES_GCM_OVERHEAD_BYTES || sealed.length > INT_MAX || associated.length > INT_MAX)
        return false;
    size_t length = sealed.length - AES_GCM_OVERHEAD_BYTES;
    const uint8_t *nonce = bytes_of(sealed), *text = nonce + AES_GCM_NONCE_BYTES;
    uint8_t tag[AES_GCM_TAG_BYTES];
    memcpy(tag, text + length, sizeof tag);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0, last = 0;
    bool is_done = context != NULL && EVP_DecryptInit_ex2(context, cipher, key, nonce, NULL) == 1 &&
                   EVP_DecryptUpdate(context, NULL, &written, bytes_of(associated), (int)associated.length) == 1 &&
                   EVP_DecryptUpdate(context, out, &written, text, (int)length) == 1 &&
                   EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, AES_GCM_TAG_BYTES, tag) == 1 &&
                   EVP_DecryptFinal_ex(context, out + written, &last) == 1 && (size_t)written + (size_t)last == length;
    EVP_CIPHER_CTX_free(context);
    if (!is_done)
        OPENSSL_cleanse(out, length);
    return is_done;
}
