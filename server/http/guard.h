/* Refuses, before anything is routed, what two parsers could read in two ways (docs/hostile-framing.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* In order of precedence: framing first, since it decides where the next request starts. docs/hostile-framing.md
 * explains each. */
/* GUARD(NAME, "reason" as label of metrics and logs, PROBLEM_ that is answered, connection closes afterwards) */
#define GUARD_VERDICTS(GUARD)                                                                                          \
    GUARD(HEADERS_TOO_MANY, "headers_too_many", HEADERS_TOO_LARGE, true)                                               \
    GUARD(HEADER_LAYOUT, "header_layout", MALFORMED_REQUEST, true)                                                     \
    GUARD(VERSION_UNSUPPORTED, "version_unsupported", MALFORMED_REQUEST, true)                                         \
    GUARD(HEADER_NAME_MALFORMED, "header_name_malformed", MALFORMED_REQUEST, true)                                     \
    GUARD(HEADER_VALUE_MALFORMED, "header_value_malformed", MALFORMED_REQUEST, true)                                   \
    GUARD(LENGTH_AND_CODING, "length_and_coding", MALFORMED_REQUEST, true)                                             \
    GUARD(LENGTH_DUPLICATE, "length_duplicate", MALFORMED_REQUEST, true)                                               \
    GUARD(LENGTH_MALFORMED, "length_malformed", MALFORMED_REQUEST, true)                                               \
    GUARD(CODING_MULTIPLE, "coding_multiple", MALFORMED_REQUEST, true)                                                 \
    GUARD(CODING_IN_HTTP_1_0, "coding_in_http_1_0", MALFORMED_REQUEST, true)                                           \
    GUARD(CODING_UNKNOWN, "coding_unknown", NOT_IMPLEMENTED, true)                                                     \
    GUARD(METHOD_UNKNOWN, "method_unknown", NOT_IMPLEMENTED, true)                                                     \
    GUARD(HOST_MISSING, "host_missing", MALFORMED_REQUEST, true)                                                       \
    GUARD(HOST_DUPLICATE, "host_duplicate", MALFORMED_REQUEST, true)                                                   \
    GUARD(HOST_MALFORMED, "host_malformed", MALFORMED_REQUEST, true)                                                   \
    GUARD(HEADER_DUPLICATE, "header_duplicate", MALFORMED_REQUEST, true)                                               \
    GUARD(EXPECT_UNKNOWN, "expect_unknown", MALFORMED_REQUEST, true)                                                   \
    GUARD(CALLER_MALFORMED, "caller_malformed", MALFORMED_REQUEST, true)                                               \
    GUARD(TARGET_FORM, "target_form", MALFORMED_REQUEST, true)                                                         \
    GUARD(PATH_TOO_LONG, "path_too_long", URI_TOO_LONG, true)                                                          \
    GUARD(QUERY_TOO_LONG, "query_too_long", URI_TOO_LONG, true)                                                        \
    GUARD(TARGET_CHARACTER, "target_character", MALFORMED_REQUEST, true)                                               \
    GUARD(TARGET_PERCENT, "target_percent", MALFORMED_REQUEST, true)                                                   \
    GUARD(TARGET_ASTERISK, "target_asterisk", NOT_FOUND, false)                                                        \
    GUARD(PATH_NOT_PLAIN, "path_not_plain", NOT_FOUND, false)

enum guard_verdict {
    GUARD_OK,
#define GUARD_ENUM(name, reason, problem, closes) GUARD_##name,
    GUARD_VERDICTS(GUARD_ENUM)
#undef GUARD_ENUM
        GUARD_COUNT
};

struct guard_header {
    struct span name;
    struct span value; /* without the blanks around it */
};

struct guard_input {
    struct span method;
    struct span target;                 /* raw: path and query as sent, nothing decoded */
    struct span version;                /* "HTTP/1.1" */
    const struct guard_header *headers; /* every one that was sent, duplicates included */
    size_t headers_count;
    bool by_proxy; /* the peer is one whose X-Forwarded-For counts: at most one, with one address */
    /*
     * 0, or how many bytes the request line and header took, and then method, version and headers point into that
     * buffer as it was parsed in place. libmicrohttpd 0.9 passes over what it does not understand (all after a NUL in a
     * line, a header without a name, which also ends the header early, and folded lines, which it glues to the name):
     * what it passed over shows as gaps.
     */
    size_t layout_bytes;
};

/* What X-Forwarded-For says of the caller. False when nothing counts: not sent, or not by a proxy. */
bool guard_caller(const struct guard_input *input, struct sockaddr_storage *caller);
/* Pure: looks only at its input. The first fault in the order above. */
enum guard_verdict guard_check(const struct guard_input *input);
enum problem guard_problem(enum guard_verdict verdict); /* PROBLEM_NONE for GUARD_OK */
bool guard_closes(enum guard_verdict verdict);          /* whether the connection must close after the answer */
const char *guard_reason(enum guard_verdict verdict);   /* "ok", "length_duplicate", … */
