/* Which web origins may call from a browser, and the headers that tell the browser so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/cors.h"
#include "server/http/guard_target.h"
#include <ctype.h>
#include <strings.h>

#define MAX_AGE_S "600" /* what the strictest browser honours anyway */

static const char allowed_headers[] =
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Accept-Language, X-Request-Id, traceparent";
static const char exposed_headers[] =
    "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, Idempotent-Replayed";

/* scheme://host[:port] and nothing after it, so a slip like a trailing slash is told at start and not in a browser. */
static bool origin_is_valid(struct span origin)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t length = strlen(schemes[i]);
        if (origin.length <= length || memcmp(origin.bytes, schemes[i], length) != 0)
            continue;
        return guard_host_is_valid((struct span){.bytes = origin.bytes + length, .length = origin.length - length});
    }
    return false;
}

bool cors_read(struct cors *cors, const char *list, const char **error)
{
    memset(cors, 0, sizeof *cors);
    if (strlen(list) >= sizeof cors->text) {
        *error = "the list of origins is too long";
        return false;
    }
    memcpy(cors->text, list, strlen(list) + 1);
    for (char *at = cors->text; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    char *rest = NULL;
    for (char *item = strtok_r(cors->text, ", ", &rest); item != NULL; item = strtok_r(NULL, ", ", &rest)) {
        if (!origin_is_valid(span_of(item))) {
            *error = "an origin is http:// or https://, a host and perhaps a port, without a path; * is not accepted";
            return false;
        }
        if (cors->origins_count == CORS_ORIGINS) {
            *error = "too many origins";
            return false;
        }
        cors->origins[cors->origins_count++] = item;
    }
    return true;
}

const char *cors_allowed(const struct cors *cors, struct span origin)
{
    for (unsigned i = 0; i < cors->origins_count; i++)
        if (span_equal(origin, span_of(cors->origins[i])))
            return cors->origins[i];
    return NULL;
}

void cors_preflight(const struct cors *cors, struct span origin, const char *allow, struct reply *reply)
{
    if (cors->origins_count == 0)
        return;
    reply_header(reply, "Vary", "Origin");
    const char *allowed = cors_allowed(cors, origin);
    if (allowed == NULL)
        return;
    reply_header(reply, "Access-Control-Allow-Origin", allowed);
    reply_header(reply, "Access-Control-Allow-Methods", allow);
    reply_header(reply, "Access-Control-Allow-Headers", allowed_headers);
    reply_header(reply, "Access-Control-Max-Age", MAX_AGE_S);
}

void cors_simple(const struct cors *cors, struct span origin, struct reply *reply)
{
    if (cors->origins_count == 0)
        return;
    reply_header(reply, "Vary", "Origin");
    const char *allowed = cors_allowed(cors, origin);
    if (allowed == NULL)
        return;
    reply_header(reply, "Access-Control-Allow-Origin", allowed);
    reply_header(reply, "Access-Control-Expose-Headers", exposed_headers);
}
