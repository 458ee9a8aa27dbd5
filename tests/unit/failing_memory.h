/* Makes the n-th allocation fail. Needs the link line of test_arena.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* Allocations that still succeed; -1: all of them. */
static int allocations_left = -1;
/* So many fail one after another, and those after them succeed again; 0: all fail from then on. */
static int allocations_fail_in_a_row = 0;
static int allocations_failed = 0;
static void *(*allocations_source)(size_t size) = __real_malloc;

static inline int allocation_fails(void)
{
    if (allocations_left < 0)
        return 0;
    if (allocations_left == 0) {
        allocations_failed++;
        allocations_left = allocations_failed == allocations_fail_in_a_row ? -1 : 0;
        return 1;
    }
    allocations_left--;
    return 0;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : allocations_source(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}
