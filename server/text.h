/* A growing byte buffer with a maximum fixed at birth. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Backed by malloc, so release it with text_fini (or arena_defer). Appending past `maximum_bytes`, or without memory,
 * sets `failed` and is otherwise ignored: write everything, then check `failed` once.
 */
struct text {
    char *bytes;
    size_t length;
    size_t capacity;
    size_t maximum_bytes;
    bool failed;
};

void text_init(struct text *text, size_t maximum_bytes);
void text_fini(struct text *text);
void text_clear(struct text *text); /* keeps the memory */
void text_append(struct text *text, const void *bytes, size_t length);
void text_append_span(struct text *text, struct span span);
void text_append_z(struct text *text, const char *z);
void text_append_int(struct text *text, int64_t value);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_reserve(struct text *text, size_t more_bytes);

static inline void text_append_char(struct text *text, char c)
{
    if (text->length + 1 < text->capacity && !text->failed) /* capacity is at most one above the maximum */
        text->bytes[text->length++] = c;
    else
        text_append(text, &c, 1);
}

static inline struct span text_span(const struct text *text)
{
    return (struct span){.bytes = text->bytes, .length = text->length};
}
