/* A run of bytes owned by somebody else. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Not necessarily NUL-terminated. `bytes` is NULL only when length is 0. */
struct span {
    const char *bytes;
    size_t length;
};

#define SPAN(literal) ((struct span){.bytes = (literal), .length = sizeof(literal) - 1})

static inline struct span span_of(const char *text)
{
    return (struct span){.bytes = text, .length = text == NULL ? 0 : strlen(text)};
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}
