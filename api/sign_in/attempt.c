/* By what attempts are counted: keyed hashes of the number that was given and of the place it came from. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/attempt.h"
#include "api/api.h"

#define TEXT_BYTES 540      /* a use, two numbers and a name of 100 characters */
#define IPV4_CALLER_BYTES 5 /* family and four bytes: address_caller_bytes */

bool attempt_hash(const char *use, struct span value, uint8_t out[KEYED_HASH_BYTES])
{
    char text[TEXT_BYTES];
    size_t length = 0;
    const struct span parts[] = {span_of(use), SPAN(":"), value};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].length > sizeof text - length) {
            return false;
        }
        memcpy(text + length, parts[i].bytes, parts[i].length);
        length += parts[i].length;
    }
    bool is_done = keyring_hash(api_keyring(), KEY_HASH_ATTEMPT, (struct span){.bytes = text, .length = length}, out);
    explicit_bzero(text, sizeof text);
    return is_done;
}

bool attempt_source(const struct request *request, uint8_t out[KEYED_HASH_BYTES])
{
    size_t length = request->peer_length == IPV4_CALLER_BYTES ? IPV4_CALLER_BYTES - 1 : request->peer_length;
    return attempt_hash("address", (struct span){.bytes = (const char *)request->peer, .length = length}, out);
}

struct span attempt_span(const uint8_t hash[KEYED_HASH_BYTES])
{
    return (struct span){.bytes = (const char *)hash, .length = KEYED_HASH_BYTES};
}

enum problem attempt_closed(struct request *request, struct reply *reply, int64_t retry_after_s)
{
    const char *seconds = arena_printf(request->arena, "%lld", (long long)retry_after_s);
    if (seconds == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    reply_header(reply, "Retry-After", seconds);
    return PROBLEM_TOO_MANY_ATTEMPTS;
}
