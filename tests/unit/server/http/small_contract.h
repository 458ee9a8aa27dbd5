/* Puts the tables of tests/unit/data/openapi_small.yaml in place of the program's own. Include it first. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "build/generated_small/operations.h"

/* The tables define every symbol of the program's own object, which the linker then leaves out. */
#include "build/generated_small/operations.c"

#include "server/arena.h"
#include "server/http/request.h"
#include "tests/unit/harness.h"
#include <stdlib.h>

/* A request with an arena of its own; end it with small_close. */
static inline struct request *small_open(enum operation operation)
{
    struct request *request = calloc(1, sizeof(*request));
    assert_non_null(request);
    request->arena = arena_open();
    assert_non_null(request->arena);
    request->operation = operation;
    request->language = LANGUAGE_EN;
    memcpy(request->request_id, "0123456789abcdef", 17);
    return request;
}

static inline void small_close(struct request *request)
{
    arena_close(request->arena);
    free(request);
}

/* "pointer code\n" for each fault. */
static inline const char *small_faults(struct request *request)
{
    const char *all = "";
    for (uint32_t i = 0; i < request->faults_count; i++)
        all = arena_printf(request->arena, "%s%s %s\n", all, request->faults[i].pointer, request->faults[i].code);
    return all;
}

/* A copy with no byte to spare behind it, so that a sanitizer sees an over-read. */
static inline char *small_exact(const char *bytes, size_t length)
{
    char *copy = malloc(length == 0 ? 1 : length);
    assert_non_null(copy);
    if (length > 0)
        memcpy(copy, bytes, length);
    return copy;
}
