/* A list of chunks; the arena itself lies at the start of the first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Two pages with malloc's own header: a request with its reply's headers needs one chunk. */
#ifndef CHUNK_BYTES /* tests of short memory take chunks that hold next to nothing */
#define CHUNK_BYTES 8176
#endif
#ifdef __SANITIZE_ADDRESS__
#define SPARE_CHUNKS 0 /* so that the sanitizer sees every use after the end of a request */
#else
#define SPARE_CHUNKS 256 /* kept by each thread that opens arenas: 2 MiB at most */
#endif

struct chunk {
    struct chunk *next;
    size_t large_bytes; /* of one of a size of its own; 0: CHUNK_BYTES in all */
    alignas(max_align_t) char bytes[];
};

/* Chunks of closed arenas, for the next ones: at tens of thousands of requests a second malloc is what shows. */
static _Thread_local struct {
    struct chunk *first;
    unsigned count;
} spare;

struct deferred {
    struct deferred *next;
    void (*clean_up)(void *object);
    void *object;
};

struct arena {
    struct chunk *chunks; /* the one in use first; those allocated for one large object come after it */
    size_t used_bytes;    /* of the first */
    struct deferred *deferred;
    bool exhausted;
};

static size_t aligned(size_t size_bytes)
{
    return (size_bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

#define CHUNK_ROOM (CHUNK_BYTES - sizeof(struct chunk))

static struct chunk *take_chunk(void)
{
    struct chunk *chunk = spare.first;
    if (chunk == NULL)
        return malloc(CHUNK_BYTES);
    spare.first = chunk->next;
    spare.count--;
    return chunk;
}

static void give_chunk(struct chunk *chunk)
{
    if (spare.count == SPARE_CHUNKS) {
        free(chunk);
        return;
    }
    chunk->next = spare.first;
    spare.first = chunk;
    spare.count++;
}

void arena_release_spare(void)
{
    while (spare.first != NULL)
        free(take_chunk());
}

struct arena *arena_open(void)
{
    struct chunk *chunk = take_chunk();
    if (chunk == NULL)
        return NULL;
    chunk->large_bytes = 0;
    chunk->next = NULL;
    struct arena *arena = (struct arena *)(void *)chunk->bytes;
    *arena = (struct arena){.chunks = chunk, .used_bytes = aligned(sizeof(struct arena))};
    return arena;
}

/* Arguments, rows and replies lie in it, with all that they say of people. */
static void wipe_chunk(struct chunk *chunk, size_t used_bytes)
{
    explicit_bzero(chunk->bytes, chunk->large_bytes > 0 ? chunk->large_bytes : used_bytes);
}

void arena_close(struct arena *arena)
{
    if (arena == NULL)
        return;
    /* A clean-up may defer another one, so the list is read anew each time. */
    while (arena->deferred != NULL) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->clean_up(deferred->object);
    }
    struct chunk *next;
    size_t used_bytes = arena->used_bytes;
    for (struct chunk *chunk = arena->chunks; chunk != NULL; chunk = next) {
        next = chunk->next;
        wipe_chunk(chunk, used_bytes);
        used_bytes = CHUNK_ROOM;
        if (chunk->large_bytes > 0)
            free(chunk);
        else
            give_chunk(chunk);
    }
}

static void *exhausted(struct arena *arena)
{
    arena->exhausted = true;
    return NULL;
}

static void *alloc_large(struct arena *arena, size_t size_bytes)
{
    struct chunk *chunk = calloc(1, sizeof(struct chunk) + size_bytes);
    if (chunk == NULL)
        return exhausted(arena);
    chunk->large_bytes = size_bytes;
    chunk->next = arena->chunks->next;
    arena->chunks->next = chunk;
    return chunk->bytes;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2)
        return exhausted(arena);
    size_t needed_bytes = aligned(size_bytes == 0 ? 1 : size_bytes);
    if (needed_bytes > CHUNK_ROOM / 2)
        return alloc_large(arena, needed_bytes);
    if (needed_bytes > CHUNK_ROOM - arena->used_bytes) {
        struct chunk *chunk = take_chunk();
        if (chunk == NULL)
            return exhausted(arena);
        chunk->large_bytes = 0;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->used_bytes = 0;
    }
    char *bytes = arena->chunks->bytes + arena->used_bytes;
    arena->used_bytes += needed_bytes;
    return memset(bytes, 0, needed_bytes);
}

char *arena_copy(struct arena *arena, struct span text)
{
    if (text.length == SIZE_MAX)
        return exhausted(arena);
    char *copy = arena_alloc(arena, text.length + 1);
    if (copy != NULL && text.length > 0)
        memcpy(copy, text.bytes, text.length);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? exhausted(arena) : arena_alloc(arena, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

bool arena_defer(struct arena *arena, void (*clean_up)(void *object), void *object)
{
    struct deferred *deferred = arena_alloc(arena, sizeof(*deferred));
    if (deferred == NULL)
        return false;
    *deferred = (struct deferred){.next = arena->deferred, .clean_up = clean_up, .object = object};
    arena->deferred = deferred;
    return true;
}

bool arena_is_exhausted(const struct arena *arena)
{
    return arena->exhausted;
}
