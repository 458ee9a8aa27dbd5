/* Entity tags of replies, and what If-None-Match says about them (RFC 9110 §13.1.2). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "server/siphash.h"
#include <inttypes.h>

static size_t skip(struct span text, size_t at, const char *characters)
{
    while (at < text.length && text.bytes[at] != '\0' && strchr(characters, text.bytes[at]) != NULL) {
        at++;
    }
    return at;
}

bool etag_matches(struct span if_none_match, struct span etag)
{
    size_t at = skip(if_none_match, 0, " \t");
    if (at < if_none_match.length && if_none_match.bytes[at] == '*') {
        return skip(if_none_match, at + 1, " \t") == if_none_match.length;
    }
    while (at < if_none_match.length) {
        at = skip(if_none_match, at, " \t,");
        if (if_none_match.length - at >= 2 && memcmp(if_none_match.bytes + at, "W/", 2) == 0) {
            at += 2;
        }
        if (at >= if_none_match.length || if_none_match.bytes[at] != '"') {
            return false;
        }
        const char *end = memchr(if_none_match.bytes + at + 1, '"', if_none_match.length - at - 1);
        if (end == NULL) {
            return false;
        }
        size_t length = (size_t)(end - (if_none_match.bytes + at)) + 1;
        if (span_equal((struct span){.bytes = if_none_match.bytes + at, .length = length}, etag)) {
            return true;
        }
        at += length;
    }
    return false;
}

const char *etag_of_body(struct request *request, const struct reply *reply, bool has_more)
{
    /* The key is the same in every process, so that one answers 304 for what another sent. */
    static const struct siphash_key key = {{0x796962616f642031, 0x6574616720626f64}};
    uint64_t hash = siphash(&key, reply->body.bytes, reply->body.length);
    return arena_printf(request->arena, "\"%016" PRIx64 "%s.json\"", hash, has_more ? ".more" : "");
}

bool etag_answers(const struct request *request, struct reply *reply, const char *etag)
{
    reply_header(reply, "ETag", etag);
    if (!etag_matches(request->if_none_match, span_of(etag))) {
        return false;
    }
    reply->status = 304;
    text_clear(&reply->body);
    return true;
}
