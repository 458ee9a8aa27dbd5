/* How many bytes of documents the process holds in memory at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* Each has LIMIT_DOCUMENTS_BYTES of its own, so that slow readers keep nobody from handing in. */
enum document_room { DOCUMENT_ROOM_HANDED_IN, DOCUMENT_ROOM_READ, DOCUMENT_ROOMS };

/*
 * Memory of so many bytes, wiped and given back when the request ends. PROBLEM_OVERLOADED while others hold too much;
 * PROBLEM_INTERNAL_ERROR without memory.
 */
enum problem document_room_take(struct request *request, enum document_room room, size_t bytes, char **memory);
