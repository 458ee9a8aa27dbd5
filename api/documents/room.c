/* Lends out memory for documents, up to a maximum for the whole process. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/room.h"
#include <stdatomic.h>
#include <stdlib.h>

struct loan {
    enum document_room room;
    size_t bytes;
    char *memory;
};

static atomic_size_t lent_bytes[DOCUMENT_ROOMS];

static void give_back(void *object)
{
    struct loan *loan = object;
    if (loan->memory != NULL)
        explicit_bzero(loan->memory, loan->bytes);
    free(loan->memory);
    atomic_fetch_sub(&lent_bytes[loan->room], loan->bytes);
}

enum problem document_room_take(struct request *request, enum document_room room, size_t bytes, char **memory)
{
    struct loan *loan = arena_alloc(request->arena, sizeof *loan);
    if (loan == NULL)
        return PROBLEM_INTERNAL_ERROR;
    *loan = (struct loan){.room = room, .bytes = bytes};
    size_t before_bytes = atomic_fetch_add(&lent_bytes[room], bytes);
    if (before_bytes + bytes > LIMIT_DOCUMENTS_BYTES || !arena_defer(request->arena, give_back, loan)) {
        atomic_fetch_sub(&lent_bytes[room], bytes);
        return arena_is_exhausted(request->arena) ? PROBLEM_INTERNAL_ERROR : PROBLEM_OVERLOADED;
    }
    loan->memory = malloc(bytes);
    *memory = loan->memory;
    return loan->memory == NULL ? PROBLEM_INTERNAL_ERROR : PROBLEM_NONE;
}
