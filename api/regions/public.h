/* Headers of the public directory. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

/* The directory changes with a migration at most: an hour in a cache harms nobody. */
static inline void public_cache(struct reply *reply)
{
    reply_header(reply, "Cache-Control", "public, max-age=3600");
}
