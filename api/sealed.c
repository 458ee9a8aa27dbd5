/* Sealed personal data: on its way into a reply, opened and masked, and into the database, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sealed.h"
#include "api/api.h"
#include "server/log.h"

#define PLAIN_BYTES 512 /* the longest sealed column has 512 with its overhead */

static bool unseal(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                   char plain[PLAIN_BYTES], size_t *length)
{
    if (keyring_unseal(api_keyring(), table_column, row_id, sealed, plain, PLAIN_BYTES, length)) {
        return true;
    }
    LOG(LOG_ERROR, "unseal_failed", LOG_TEXT("column", span_of(table_column)),
        LOG_TEXT("request_id", span_of(request->request_id)));
    return false;
}

bool sealed_mask(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span (*mask)(struct span plain, char out[MASK_BYTES]), struct span *masked)
{
    char plain[PLAIN_BYTES];
    char out[MASK_BYTES];
    size_t length = 0;
    if (!unseal(request, table_column, row_id, sealed, plain, &length)) {
        return false;
    }
    struct span shown = mask((struct span){.bytes = plain, .length = length}, out);
    char *copy = arena_copy(request->arena, shown);
    explicit_bzero(plain, sizeof plain);
    *masked = (struct span){.bytes = copy, .length = copy == NULL ? 0 : shown.length};
    return copy != NULL;
}

bool sealed_write_masked(struct request *request, struct json_writer *writer, const char *name,
                         const char *table_column, struct uuid row_id, struct span sealed,
                         struct span (*mask)(struct span plain, char out[MASK_BYTES]))
{
    struct span masked;
    json_key(writer, name);
    if (sealed.length == 0) {
        json_null_value(writer);
        return true;
    }
    if (!sealed_mask(request, table_column, row_id, sealed, mask, &masked)) {
        return false;
    }
    json_text(writer, masked);
    return true;
}

static void wipe(void *plain)
{
    explicit_bzero(plain, PLAIN_BYTES);
}

bool sealed_open(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span *plain)
{
    char *bytes = arena_alloc(request->arena, PLAIN_BYTES);
    size_t length = 0;
    if (bytes == NULL || !arena_defer(request->arena, wipe, bytes) ||
        !unseal(request, table_column, row_id, sealed, bytes, &length)) {
        return false;
    }
    *plain = (struct span){.bytes = bytes, .length = length};
    return true;
}

bool sealed_make(struct request *request, const char *table_column, struct uuid row_id, struct span plain,
                 struct span *sealed)
{
    size_t room = plain.length + SEAL_OVERHEAD_BYTES;
    uint8_t *bytes = arena_alloc(request->arena, room);
    size_t length = 0;
    if (bytes == NULL || !keyring_seal(api_keyring(), table_column, row_id, plain, bytes, room, &length)) {
        return false;
    }
    *sealed = (struct span){.bytes = (const char *)bytes, .length = length};
    return true;
}

bool sealed_hash(struct request *request, enum key_purpose purpose, struct span plain, struct span *hash)
{
    uint8_t *bytes = arena_alloc(request->arena, KEYED_HASH_BYTES);
    if (bytes == NULL || !keyring_hash(api_keyring(), purpose, plain, bytes)) {
        return false;
    }
    *hash = (struct span){.bytes = (const char *)bytes, .length = KEYED_HASH_BYTES};
    return true;
}

bool sealed_hash_items(struct request *request, enum key_purpose purpose, struct span plain, struct span *items)
{
    uint8_t *bytes = arena_alloc(request->arena, KEYED_ITEMS_BYTES);
    size_t length = 0;
    if (bytes == NULL || !keyring_hash_items(api_keyring(), purpose, plain, bytes, &length)) {
        return false;
    }
    *items = (struct span){.bytes = (const char *)bytes, .length = length};
    return true;
}
