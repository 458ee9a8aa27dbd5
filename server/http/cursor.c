/* Signs cursors and opens those that were signed here for the same list. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/cursor.h"
#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CURSOR_VERSION 1
#define TAG_BYTES 16
#define MAC_BYTES 32
#define TEXT_BYTES 1024 /* maxLength of the cursor parameter in openapi.yaml */
#define RAW_BYTES (TEXT_BYTES / 4 * 3)

/* Never used themselves: each signature works on a copy, so threads share them. They are only added, by one thread. */
static EVP_MAC_CTX *keyed[CURSOR_KEYS_MAXIMUM];
static atomic_uint keyed_count;
static atomic_uint signing;

static EVP_MAC_CTX *make_keyed(const uint8_t *key)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *made = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
    if (made == NULL || EVP_MAC_init(made, key, 32, params) != 1)
        abort(); /* an OpenSSL without HMAC-SHA-256 can do nothing else here either */
    EVP_MAC_free(hmac);
    return made;
}

void cursor_init(const uint8_t *key)
{
    for (unsigned i = 0; i < atomic_load(&keyed_count); i++)
        EVP_MAC_CTX_free(keyed[i]);
    atomic_store(&keyed_count, 0);
    cursor_keys(&key, 1, 0);
}

void cursor_keys(const uint8_t *const *keys, unsigned count, unsigned in_use)
{
    assert(count <= CURSOR_KEYS_MAXIMUM && in_use < count);
    for (unsigned i = atomic_load(&keyed_count); i < count; i++) {
        keyed[i] = make_keyed(keys[i]);
        atomic_store(&keyed_count, i + 1);
    }
    atomic_store(&signing, in_use);
}

static bool update_number(EVP_MAC_CTX *mac, uint64_t number)
{
    uint8_t bytes[8];
    for (int i = 7; i >= 0; i--, number >>= 8)
        bytes[i] = (uint8_t)number;
    return EVP_MAC_update(mac, bytes, sizeof bytes) == 1;
}

static bool update_span(EVP_MAC_CTX *mac, struct span text)
{
    return update_number(mac, text.length) &&
           (text.length == 0 || EVP_MAC_update(mac, (const unsigned char *)text.bytes, text.length) == 1);
}

static bool update_texts(EVP_MAC_CTX *mac, const struct arg *arg)
{
    bool is_fine = update_number(mac, arg->texts.count);
    for (size_t i = 0; i < arg->texts.count; i++)
        is_fine = is_fine && update_span(mac, arg->texts.items[i]);
    return is_fine;
}

static bool update_arg(EVP_MAC_CTX *mac, const struct arg_info *info, const struct arg *arg)
{
    if (!update_number(mac, arg->present) || !arg->present)
        return !arg->present;
    switch (info->type) {
    case ARG_TEXT:
    case ARG_REGION:
        return update_span(mac, arg->text);
    case ARG_UUID:
        return EVP_MAC_update(mac, arg->uuid.bytes, sizeof arg->uuid.bytes) == 1;
    case ARG_TEXTS:
        return update_texts(mac, arg);
    case ARG_OBJECTS: /* in a body only, and a list has none */
        return false;
    case ARG_INTEGER:
    case ARG_BOOLEAN:
    case ARG_DATE:
    case ARG_MONTH:
    case ARG_INSTANT:
        return update_number(mac, (uint64_t)arg->number);
    }
    __builtin_unreachable();
}

struct list {
    const struct request *request;
    int limit_arg, cursor_arg;
};

static bool update_list(EVP_MAC_CTX *mac, const struct list *list)
{
    const struct request *request = list->request;
    const struct operation_info *operation = &operation_infos[request->operation];
    bool is_fine = update_span(mac, span_of(operation->name)) && update_number(mac, request->principal.kind) &&
                   EVP_MAC_update(mac, request->principal.subject_id.bytes, sizeof(struct uuid)) == 1;
    for (int i = 0; is_fine && i < operation->args_count; i++)
        if (i != list->limit_arg && i != list->cursor_arg)
            is_fine = update_arg(mac, &operation->args[i], &request->args[i]);
    return is_fine;
}

static bool sign(const struct list *list, unsigned key, struct span payload, uint8_t tag[MAC_BYTES])
{
    assert(key < atomic_load(&keyed_count));
    EVP_MAC_CTX *mac = EVP_MAC_CTX_dup(keyed[key]);
    size_t length;
    bool is_fine = mac != NULL && update_list(mac, list) && update_span(mac, payload) &&
                   EVP_MAC_final(mac, tag, &length, MAC_BYTES) == 1 && length == MAC_BYTES;
    EVP_MAC_CTX_free(mac);
    return is_fine;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *encode(struct arena *arena, const uint8_t *bytes, size_t length)
{
    char *text = arena_alloc(arena, length / 3 * 4 + 5);
    char *next = text;
    for (size_t i = 0; text != NULL && i < length; i += 3) {
        size_t count = length - i < 3 ? length - i : 3;
        uint32_t group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < count ? bytes[i + j] : 0);
        for (size_t j = 0; j <= count; j++)
            *next++ = alphabet[group >> (18 - 6 * j) & 63];
    }
    return text;
}

/* Only what `encode` writes: no padding, no stray bits, so that one cursor has one text. */
static bool decode(struct span text, uint8_t *bytes, size_t *length)
{
    uint32_t group = 0;
    unsigned bits = 0;
    *length = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = text.bytes[i] == '\0' ? NULL : strchr(alphabet, text.bytes[i]);
        if (digit == NULL)
            return false;
        group = (group << 6 | (uint32_t)(digit - alphabet)) & 0xFFFFFF;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        bytes[(*length)++] = (uint8_t)(group >> bits);
    }
    return bits < 6 && (group & ((1u << bits) - 1)) == 0;
}

const char *cursor_make(const struct request *request, int limit_arg, int cursor_arg, const struct span *keys,
                        unsigned keys_count)
{
    uint8_t raw[RAW_BYTES + MAC_BYTES] = {CURSOR_VERSION};
    size_t length = 1;
    assert(keys_count <= PAGE_KEYS);
    for (unsigned i = 0; i < keys_count; i++) {
        if (keys[i].length + 2 > RAW_BYTES - TAG_BYTES - length)
            return NULL;
        raw[length++] = (uint8_t)(keys[i].length >> 8);
        raw[length++] = (uint8_t)keys[i].length;
        if (keys[i].length > 0)
            memcpy(raw + length, keys[i].bytes, keys[i].length);
        length += keys[i].length;
    }
    const struct list list = {request, limit_arg, cursor_arg};
    if (!sign(&list, atomic_load(&signing), (struct span){.bytes = (const char *)raw, .length = length}, raw + length))
        return NULL;
    return encode(request->arena, raw, length + TAG_BYTES);
}

/* What stands there was signed by us, so it is well-formed unless a version differs. */
static bool take_keys(struct span rest, struct page *page)
{
    page->keys_count = 0;
    while (rest.length > 0) {
        if (rest.length < 2 || page->keys_count == PAGE_KEYS)
            return false;
        size_t length = (size_t)(uint8_t)rest.bytes[0] << 8 | (uint8_t)rest.bytes[1];
        if (length > rest.length - 2)
            return false;
        page->keys[page->keys_count++] = (struct span){.bytes = rest.bytes + 2, .length = length};
        rest.bytes += 2 + length;
        rest.length -= 2 + length;
    }
    return true;
}

/* By whichever key: one that was signed before the key changed goes on working. Newer ones come first. */
static enum cursor_result check(const struct list *list, struct span payload, const uint8_t tag[TAG_BYTES])
{
    uint8_t ours[MAC_BYTES];
    for (unsigned i = atomic_load(&keyed_count); i-- > 0;) {
        if (!sign(list, i, payload, ours))
            return CURSOR_NO_MEMORY;
        if (CRYPTO_memcmp(ours, tag, TAG_BYTES) == 0)
            return CURSOR_OK;
    }
    return CURSOR_NOT_OURS;
}

enum cursor_result cursor_open(const struct request *request, int limit_arg, int cursor_arg, struct page *page)
{
    struct span text = request->args[cursor_arg].text;
    if (text.length > TEXT_BYTES)
        return CURSOR_NOT_OURS;
    uint8_t *raw = arena_alloc(request->arena, RAW_BYTES);
    if (raw == NULL)
        return CURSOR_NO_MEMORY;
    size_t length;
    if (!decode(text, raw, &length) || length < 1 + TAG_BYTES)
        return CURSOR_NOT_OURS;
    const struct list list = {request, limit_arg, cursor_arg};
    struct span payload = {.bytes = (const char *)raw, .length = length - TAG_BYTES};
    enum cursor_result result = check(&list, payload, raw + payload.length);
    if (result != CURSOR_OK)
        return result;
    if (raw[0] != CURSOR_VERSION)
        return CURSOR_NOT_OURS;
    struct span keys = {.bytes = payload.bytes + 1, .length = payload.length - 1};
    return take_keys(keys, page) ? CURSOR_OK : CURSOR_NOT_OURS;
}
