/* Headers of a reply. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/reply.h"

void reply_header(struct reply *reply, const char *name, const char *value)
{
    if (value == NULL || reply->headers_count == REPLY_HEADERS) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): taken for NULL because some values are arrays */
        reply->body.failed = true; /* out of memory or a bug: answered 500 */
        return;
    }
    reply->headers[reply->headers_count].name = name;
    reply->headers[reply->headers_count++].value = value;
}

void reply_created(struct reply *reply, const char *location)
{
    reply_header(reply, "Location", location);
    reply->status = 201;
}
