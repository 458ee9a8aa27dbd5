/* A growing byte buffer: doubles until its maximum. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SMALLEST_CAPACITY 256

void text_init(struct text *text, size_t maximum_bytes)
{
    *text = (struct text){.maximum_bytes = maximum_bytes};
}

void text_fini(struct text *text)
{
    free(text->bytes);
    text_init(text, text->maximum_bytes);
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->failed = false;
}

void text_reserve(struct text *text, size_t more_bytes)
{
    if (text->failed)
        return;
    if (more_bytes > text->maximum_bytes || text->length > text->maximum_bytes - more_bytes) {
        text->failed = true;
        return;
    }
    /* One more than asked for: vsnprintf ends with a NUL. */
    size_t needed = text->length + more_bytes + 1;
    if (needed <= text->capacity)
        return;
    size_t capacity = text->capacity < SMALLEST_CAPACITY ? SMALLEST_CAPACITY : text->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (capacity > text->maximum_bytes + 1)
        capacity = text->maximum_bytes + 1;
    char *bytes = malloc(capacity);
    if (bytes == NULL) {
        text->failed = true;
        return;
    }
    if (text->bytes != NULL) { /* realloc would leave what may be a secret where it was */
        memcpy(bytes, text->bytes, text->length);
        explicit_bzero(text->bytes, text->capacity);
        free(text->bytes);
    }
    text->bytes = bytes;
    text->capacity = capacity;
}

void text_append(struct text *text, const void *bytes, size_t length)
{
    if (length == 0)
        return;
    text_reserve(text, length);
    if (text->failed)
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

void text_append_span(struct text *text, struct span span)
{
    text_append(text, span.bytes, span.length);
}

void text_append_z(struct text *text, const char *z)
{
    text_append(text, z, strlen(z));
}

void text_append_int(struct text *text, int64_t value)
{
    char digits[20];
    char *end = digits + sizeof(digits);
    char *first = end;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--first = '-';
    text_append(text, first, (size_t)(end - first));
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        text->failed = true;
    else
        text_reserve(text, (size_t)length);
    if (!text->failed) {
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}
