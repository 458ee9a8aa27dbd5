/* Seals and unseals single values of the person table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/aes_gcm.h"
#include "server/crypto/keyring_internal.h"
#include <assert.h>
#include <openssl/crypto.h>

#define ALGORITHM_AES_256_GCM 1
#define HEADER_BYTES 3
#define ASSOCIATED_BYTES_MAXIMUM 96

static_assert(SEAL_OVERHEAD_BYTES == HEADER_BYTES + AES_GCM_OVERHEAD_BYTES, "the documented form");

/* Algorithm byte and key version, "table.column", a zero byte, the row's id. Empty when the name is too long. */
static struct span associate(const uint8_t header[HEADER_BYTES], const char *table_column, struct uuid row_id,
                             char out[ASSOCIATED_BYTES_MAXIMUM])
{
    size_t name_length = strlen(table_column) + 1;
    size_t length = HEADER_BYTES + name_length + sizeof row_id.bytes;
    if (length > ASSOCIATED_BYTES_MAXIMUM)
        return (struct span){0};
    memcpy(out, header, HEADER_BYTES);
    memcpy(out + HEADER_BYTES, table_column, name_length);
    memcpy(out + HEADER_BYTES + name_length, row_id.bytes, sizeof row_id.bytes);
    return (struct span){.bytes = out, .length = length};
}

bool keyring_seal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span plain,
                  uint8_t *out, size_t out_bytes, size_t *written_bytes)
{
    const struct key *key = keyring_in_use(keyring, KEY_SEAL_PERSON);
    if (key == NULL || out_bytes < SEAL_OVERHEAD_BYTES || plain.length > out_bytes - SEAL_OVERHEAD_BYTES)
        return false;
    out[0] = ALGORITHM_AES_256_GCM;
    out[1] = (uint8_t)(key->version >> 8);
    out[2] = (uint8_t)(key->version & 0xff);
    char buffer[ASSOCIATED_BYTES_MAXIMUM];
    struct span associated = associate(out, table_column, row_id, buffer);
    if (associated.length == 0 || !aes_gcm_encrypt(keyring->cipher, key->bytes, associated, plain, out + HEADER_BYTES))
        return false;
    *written_bytes = plain.length + SEAL_OVERHEAD_BYTES;
    return true;
}

bool keyring_unseal(const struct keyring *keyring, const char *table_column, struct uuid row_id, struct span sealed,
                    char *out, size_t out_bytes, size_t *written_bytes)
{
    if (sealed.length < SEAL_OVERHEAD_BYTES || sealed.length - SEAL_OVERHEAD_BYTES > out_bytes)
        return false;
    const uint8_t *header = (const uint8_t *)sealed.bytes;
    const struct key *key = keyring_find(keyring, KEY_SEAL_PERSON, (unsigned)header[1] << 8 | header[2]);
    if (header[0] != ALGORITHM_AES_256_GCM || key == NULL)
        return false;
    char buffer[ASSOCIATED_BYTES_MAXIMUM];
    struct span associated = associate(header, table_column, row_id, buffer);
    struct span body = {.bytes = sealed.bytes + HEADER_BYTES, .length = sealed.length - HEADER_BYTES};
    if (associated.length == 0 || !aes_gcm_decrypt(keyring->cipher, key->bytes, associated, body, (uint8_t *)out))
        return false;
    *written_bytes = sealed.length - SEAL_OVERHEAD_BYTES;
    return true;
}
