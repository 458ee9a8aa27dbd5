/* Memory that lives as long as one request, freed in one stroke. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Owned by one thread. Allocation never returns NULL to the caller for sizes that server/limits.h allows: when the
 * system refuses memory the arena is marked `exhausted` and the call returns NULL; a handler may then simply return
 * PROBLEM_INTERNAL, and the request is answered 500 without touching the reply.
 */
struct arena;

struct arena *arena_open(void);        /* NULL when out of memory */
void arena_close(struct arena *arena); /* runs the deferred clean-ups, last one first, then frees all */

void *arena_alloc(struct arena *arena, size_t size_bytes); /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, struct span text);   /* NUL-terminated copy */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Calls clean_up(object) when the arena closes: for what was not allocated here (PGresult, json_t, secrets to wipe).
 * False when out of memory: it is then still the caller's to clean up.
 */
bool arena_defer(struct arena *arena, void (*clean_up)(void *object), void *object);
bool arena_is_exhausted(const struct arena *arena); /* some allocation has failed since arena_open */

/* Frees the chunks that this thread keeps for its next arenas; at its end. */
void arena_release_spare(void);
