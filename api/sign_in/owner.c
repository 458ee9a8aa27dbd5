/* The plain data that a new secret is held against: opened for the check, and wiped with the request. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/owner.h"
#include "api/api.h"
#include "server/log.h"

#define PLAIN_BYTES 512 /* the longest sealed column has 512 with its overhead */

struct plain {
    char bytes[PLAIN_BYTES];
};

static void wipe(void *object)
{
    explicit_bzero(object, sizeof(struct plain));
}

static bool open_column(struct request *request, struct uuid person_id, const struct rows *rows, int column,
                        const char *table_column, struct span *out)
{
    size_t length = 0;
    *out = (struct span){0};
    if (row_is_null(rows, 0, column)) {
        return true;
    }
    struct plain *plain = arena_alloc(request->arena, sizeof *plain);
    if (plain == NULL || !arena_defer(request->arena, wipe, plain)) {
        return false;
    }
    if (!keyring_unseal(api_keyring(), table_column, person_id, row_text(rows, 0, column), plain->bytes,
                        sizeof plain->bytes, &length)) {
        LOG(LOG_ERROR, "unseal_failed", LOG_TEXT("column", span_of(table_column)),
            LOG_TEXT("request_id", span_of(request->request_id)));
        return false;
    }
    *out = (struct span){.bytes = plain->bytes, .length = length};
    return true;
}

bool owner_open(struct request *request, struct uuid person_id, const struct rows *rows,
                const struct owner_columns *columns, struct secret_owner *owner)
{
    return open_column(request, person_id, rows, columns->citizen_number, "person.citizen_number",
                       &owner->citizen_number) &&
           open_column(request, person_id, rows, columns->name, "person.name", &owner->name) &&
           open_column(request, person_id, rows, columns->phone, "person.phone", &owner->phone);
}
