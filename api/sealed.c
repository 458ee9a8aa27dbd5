/* Sealed personal data on its way into a reply: opened, masked, and the plain text wiped again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sealed.h"
#include "api/api.h"
#include "server/log.h"

#define PLAIN_BYTES 512 /* the longest sealed column has 512 with its overhead */

bool sealed_mask(struct request *request, const char *table_column, struct uuid row_id, struct span sealed,
                 struct span (*mask)(struct span plain, char out[MASK_BYTES]), struct span *masked)
{
    char plain[PLAIN_BYTES];
    char out[MASK_BYTES];
    size_t length = 0;
    if (!keyring_unseal(api_keyring(), table_column, row_id, sealed, plain, sizeof plain, &length)) {
        LOG(LOG_ERROR, "unseal_failed", LOG_TEXT("column", span_of(table_column)),
            LOG_TEXT("request_id", span_of(request->request_id)));
        return false;
    }
    struct span shown = mask((struct span){.bytes = plain, .length = length}, out);
    char *copy = arena_copy(request->arena, shown);
    explicit_bzero(plain, sizeof plain);
    *masked = (struct span){.bytes = copy, .length = copy == NULL ? 0 : shown.length};
    return copy != NULL;
}
