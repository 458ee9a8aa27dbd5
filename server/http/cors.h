/* Which web origins may call from a browser, and the headers that tell the browser so. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/span.h"
#include <stdbool.h>

#define CORS_ORIGINS 32

/* Read-only after cors_read: shared by all threads. `text` backs the origins. */
struct cors {
    char text[2048];
    const char *origins[CORS_ORIGINS]; /* NUL-terminated, in lower case */
    unsigned origins_count;
};

/* "https://a.example,https://b.example:8443" (config cors_origins; empty: none). False, with a reason in *error, for
 * anything else, "*" included. */
bool cors_read(struct cors *cors, const char *list, const char **error);

/* The allow-list's own copy of the origin, or NULL. An empty origin (header absent) is never allowed. */
const char *cors_allowed(const struct cors *cors, struct span origin);

/*
 * Headers of the answer to an OPTIONS request. `allow` is the list of methods of the path ("GET, HEAD, OPTIONS"), a
 * literal or in the request's arena. An origin that is not allowed gets no Access-Control header at all. The status
 * (204) is the caller's.
 */
void cors_preflight(const struct cors *cors, struct span origin, const char *allow, struct reply *reply);

/* Headers of any other answer, errors included. Adds Vary: Origin whenever there is an allow-list, so that caches keep
 * answers apart. */
void cors_simple(const struct cors *cors, struct span origin, struct reply *reply);
