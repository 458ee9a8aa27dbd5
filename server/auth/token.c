/* The text of bearer tokens: making it, recognising its form, and the hash that is kept instead of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/token.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

#define PREFIX_LENGTH 5
#define SECRET_BYTES 32
#define SECRET_LENGTH 43
#define CHECKED_LENGTH (PREFIX_LENGTH + SECRET_LENGTH)
#define CHECK_LENGTH 8
#define REFRESH_LETTER 'r'

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex[] = "0123456789abcdef";

/* By half bytes: the small table stays in the cache, and 48 characters are soon done. */
static uint32_t crc32_of(const char *bytes, size_t length)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint8_t)bytes[i];
        crc = table[crc & 15] ^ (crc >> 4);
        crc = table[crc & 15] ^ (crc >> 4);
    }
    return ~crc;
}

static void write_check(const char *checked, char out[CHECK_LENGTH])
{
    uint32_t crc = crc32_of(checked, CHECKED_LENGTH);
    for (int i = CHECK_LENGTH - 1; i >= 0; i--) {
        out[i] = hex[crc & 15];
        crc >>= 4;
    }
}

static void write_secret(const uint8_t secret[SECRET_BYTES], char out[SECRET_LENGTH])
{
    uint32_t bits = 0;
    unsigned bits_count = 0;
    size_t written = 0;
    for (size_t i = 0; i < SECRET_BYTES; i++) {
        bits = (bits << 8) | secret[i];
        bits_count += 8;
        while (bits_count >= 6) {
            bits_count -= 6;
            out[written++] = alphabet[(bits >> bits_count) & 63];
        }
    }
    out[written] = alphabet[(bits << (6 - bits_count)) & 63];
}

static char letter_of(enum principal_kind kind)
{
    switch (kind) {
    case PRINCIPAL_ANONYMOUS:
        return '\0';
    case PRINCIPAL_CITIZEN:
        return 'c';
    case PRINCIPAL_CLIENT:
        return 'k';
    case PRINCIPAL_STAFF:
        return 's';
    }
    return '\0';
}

static bool make(char letter, char out[TOKEN_TEXT_LENGTH + 1])
{
    uint8_t secret[SECRET_BYTES];
    if (letter == '\0' || RAND_bytes(secret, sizeof secret) != 1) {
        return false;
    }
    memcpy(out, (char[PREFIX_LENGTH]){'y', 'b', '_', letter, '_'}, PREFIX_LENGTH);
    write_secret(secret, out + PREFIX_LENGTH);
    OPENSSL_cleanse(secret, sizeof secret);
    out[CHECKED_LENGTH] = '_';
    write_check(out, out + CHECKED_LENGTH + 1);
    out[TOKEN_TEXT_LENGTH] = '\0';
    return true;
}

bool token_make(enum principal_kind kind, char out[TOKEN_TEXT_LENGTH + 1])
{
    return make(letter_of(kind), out);
}

bool token_make_refresh(char out[TOKEN_TEXT_LENGTH + 1])
{
    return make(REFRESH_LETTER, out);
}

static bool kind_of(char letter, enum principal_kind *kind)
{
    static const enum principal_kind kinds[] = {PRINCIPAL_CITIZEN, PRINCIPAL_CLIENT, PRINCIPAL_STAFF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (letter == letter_of(kinds[i])) {
            *kind = kinds[i];
            return true;
        }
    }
    return false;
}

static bool is_secret_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_whole(struct span text)
{
    if (text.length != TOKEN_TEXT_LENGTH || memcmp(text.bytes, "yb_", 3) != 0 || text.bytes[4] != '_' ||
        text.bytes[CHECKED_LENGTH] != '_') {
        return false;
    }
    for (size_t i = PREFIX_LENGTH; i < CHECKED_LENGTH; i++) {
        if (!is_secret_character(text.bytes[i])) {
            return false;
        }
    }
    char expected[CHECK_LENGTH];
    write_check(text.bytes, expected);
    /* The check digits follow from the rest, so comparing them tells nobody a secret. */
    return memcmp(expected, text.bytes + CHECKED_LENGTH + 1, CHECK_LENGTH) == 0;
}

bool token_check(struct span text, enum principal_kind *kind)
{
    return is_whole(text) && kind_of(text.bytes[3], kind);
}

bool token_check_refresh(struct span text)
{
    return is_whole(text) && text.bytes[3] == REFRESH_LETTER;
}

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void sha256_fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

bool token_hash(struct span text, uint8_t out[TOKEN_HASH_BYTES])
{
    unsigned length = 0;
    pthread_once(&sha256_once, sha256_fetch);
    return sha256 != NULL && EVP_Digest(text.bytes, text.length, out, &length, sha256, NULL) == 1 &&
           length == TOKEN_HASH_BYTES;
}
