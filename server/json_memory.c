/* Wipes what Jansson frees, for bodies hold passwords and codes, and leaves a parse whose memory runs out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/json_memory.h"
#include <assert.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What malloc gave. Jansson gets the bytes; `next` is NULL but while the parse that asked for it goes on. */
struct block {
    struct block *next, *previous;
    alignas(max_align_t) char bytes[];
};

/* The parse of this thread; static, since what longjmp may change must not be a local variable. */
static _Thread_local struct {
    bool goes_on;
    jmp_buf refused;
    struct block blocks; /* head of the ring of all that it holds */
} parse;

static void *allocate(size_t size_bytes)
{
    struct block *block = size_bytes > SIZE_MAX - sizeof *block ? NULL : malloc(sizeof *block + size_bytes);
    if (block == NULL) {
        if (parse.goes_on)
            longjmp(parse.refused, 1);
        return NULL;
    }
    block->next = NULL;
    if (parse.goes_on) {
        block->previous = &parse.blocks;
        block->next = parse.blocks.next;
        block->next->previous = block;
        parse.blocks.next = block;
    }
    return block->bytes;
}

void json_memory_free(void *memory)
{
    if (memory == NULL)
        return;
    struct block *block = (struct block *)(void *)((char *)memory - offsetof(struct block, bytes));
    if (block->next != NULL) {
        block->next->previous = block->previous;
        block->previous->next = block->next;
    }
    explicit_bzero(block, malloc_usable_size(block));
    free(block);
}

void json_memory_install(void)
{
    json_set_alloc_funcs(allocate, json_memory_free);
}

static void begin(void)
{
    assert(!parse.goes_on);
    parse.blocks.next = parse.blocks.previous = &parse.blocks;
    parse.goes_on = true;
}

/* What it made lives on, and may be freed by any thread: none of it may point to another. */
static void let_go(void)
{
    parse.goes_on = false;
    struct block *next;
    for (struct block *block = parse.blocks.next; block != &parse.blocks; block = next) {
        next = block->next;
        block->next = NULL;
    }
}

static void undo(void)
{
    parse.goes_on = false;
    struct block *next;
    for (struct block *block = parse.blocks.next; block != &parse.blocks; block = next) {
        next = block->next;
        block->next = NULL; /* the whole ring goes */
        json_memory_free(block->bytes);
    }
    parse.blocks.next = parse.blocks.previous = &parse.blocks;
}

json_t *json_memory_load(const char *text, size_t length, size_t flags, json_error_t *error, bool *was_short)
{
    begin();
    if (setjmp(parse.refused) != 0) {
        undo();
        *was_short = true;
        return NULL;
    }
    json_t *json = json_loadb(text, length, flags, error);
    let_go();
    *was_short = false;
    return json;
}
