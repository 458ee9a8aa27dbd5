/* Wipes what Jansson frees, for bodies hold passwords and codes, and remembers when there was nothing to give it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/json_memory.h"
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool was_short;

static void *allocate(size_t size_bytes)
{
    void *memory = malloc(size_bytes);
    was_short |= memory == NULL;
    return memory;
}

static void free_wiped(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

void json_memory_install(void)
{
    json_set_alloc_funcs(allocate, free_wiped);
}

bool json_memory_was_short(void)
{
    bool answer = was_short;
    was_short = false;
    return answer;
}
