/* What the tests of server/http/guard.c share: requests as texts, and the verdict about them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/guard.h"
#include "tests/unit/harness.h"

#define HEADERS_MAX 8
#define HOST "Host: api.example"

/* One request: headers as "Name: value" texts, NULL-terminated. */
struct sample {
    enum guard_verdict expected;
    const char *method, *target, *version;
    const char *headers[HEADERS_MAX];
};

static inline struct guard_header split(const char *line)
{
    const char *colon = strstr(line, ": ");
    assert_non_null(colon);
    return (struct guard_header){.name = {.bytes = line, .length = (size_t)(colon - line)},
                                 .value = span_of(colon + 2)};
}

static inline enum guard_verdict check(const struct sample *sample)
{
    struct guard_header headers[HEADERS_MAX];
    struct guard_input input = {
        .method = span_of(sample->method), .target = span_of(sample->target), .version = span_of(sample->version)};
    while (input.headers_count < HEADERS_MAX && sample->headers[input.headers_count] != NULL) {
        headers[input.headers_count] = split(sample->headers[input.headers_count]);
        input.headers_count++;
    }
    input.headers = headers;
    return guard_check(&input);
}

static inline void check_all(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum guard_verdict verdict = check(&samples[i]);
        if (verdict != samples[i].expected)
            fail_msg("%s %s %s: %s, not %s", samples[i].method, samples[i].target, samples[i].version,
                     guard_reason(verdict), guard_reason(samples[i].expected));
    }
}
