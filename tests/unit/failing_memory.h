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
/* Only that one fails, and those after it succeed again. */
static int allocations_fail_once = 0;
static int allocations_failed = 0;

static inline int allocation_fails(void)
{
    if (allocations_left < 0)
        return 0;
    if (allocations_left == 0) {
        allocations_left = allocations_fail_once ? -1 : 0;
        allocations_failed++;
        return 1;
    }
    allocations_left--;
    return 0;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}
