/* Tokens: only the documented form is taken, whatever secret it has, and not with one character changed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/token.h"
#include "tests/fuzz/fuzz.h"
#include <stdio.h>

#define CHECKED_LENGTH 48

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static uint32_t crc32_of(const char *bytes, size_t length)
{
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        c ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            c = (c & 1) != 0 ? 0xedb88320U ^ c >> 1 : c >> 1;
    }
    return ~c;
}

/* The documented form, looked at once more. */
static bool is_documented(struct span text, char kind)
{
    char check[16];
    if (text.length != TOKEN_TEXT_LENGTH || memcmp(text.bytes, "yb_", 3) != 0 || text.bytes[3] != kind ||
        text.bytes[4] != '_' || text.bytes[CHECKED_LENGTH] != '_')
        return false;
    for (size_t i = 5; i < CHECKED_LENGTH; i++)
        if (text.bytes[i] == '\0' || strchr(alphabet, text.bytes[i]) == NULL)
            return false;
    snprintf(check, sizeof check, "%08x", crc32_of(text.bytes, CHECKED_LENGTH));
    return memcmp(check, text.bytes + CHECKED_LENGTH + 1, 8) == 0;
}

static void check_any(struct span text)
{
    static const char kinds[] = {[PRINCIPAL_CITIZEN] = 'c', [PRINCIPAL_CLIENT] = 'k', [PRINCIPAL_STAFF] = 's'};
    enum principal_kind kind;
    bool is_taken = token_check(text, &kind);
    assert(!is_taken || is_documented(text, kinds[kind]));
    assert(!token_check_refresh(text) || (is_documented(text, 'r') && !is_taken));
}

void fuzz_token(struct span input)
{
    check_any(input);
    char token[TOKEN_TEXT_LENGTH + 1] = "yb_c_";
    enum principal_kind kind;
    token[3] = "cksr"[fuzz_take_byte(&input) % 4];
    uint8_t at = fuzz_take_byte(&input), change = fuzz_take_byte(&input);
    for (size_t i = 5; i < CHECKED_LENGTH; i++)
        token[i] = alphabet[fuzz_take_byte(&input) % 64];
    snprintf(token + CHECKED_LENGTH, sizeof token - CHECKED_LENGTH, "_%08x", crc32_of(token, CHECKED_LENGTH));
    struct span text = {.bytes = token, .length = TOKEN_TEXT_LENGTH};
    check_any(text);
    bool is_refresh = token[3] == 'r';
    /* 43 characters are 258 bits: the last two are not part of 32 bytes, and may be refused. */
    bool is_taken = is_refresh ? token_check_refresh(text) : token_check(text, &kind);
    token[at % TOKEN_TEXT_LENGTH] = (char)(token[at % TOKEN_TEXT_LENGTH] ^ (change % 127 + 1));
    assert(!is_taken || (!token_check(text, &kind) && !token_check_refresh(text)));
}
