/* Deletes known sources of an older key, 64 blocks at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keys/forget.h"
#include "cli/keys/blocks.h"
#include <stdio.h>
#include <stdlib.h>

#define SLICE_BLOCKS 64

/* With the newest key in use, a success is remembered anew, at an instant after this. */
static const char sql[] =
    "DELETE FROM known_source"
    " WHERE ctid >= $1::tid AND ctid < $2::tid AND succeeded_at < (SELECT max(seals_from) FROM data_key"
    "       WHERE purpose = 'hash_attempt' AND seals_from <= clock_timestamp())";

static enum blocks_outcome forget_slice(struct pg_session *session, long block, unsigned long long *forgotten)
{
    char from[32], to[32];
    snprintf(from, sizeof from, "(%ld,0)", block);
    snprintf(to, sizeof to, "(%ld,0)", block + SLICE_BLOCKS);
    const char *values[] = {from, to};
    PGresult *result = PQexecParams(session->connection, sql, 2, NULL, values, NULL, NULL, 0);
    enum blocks_outcome outcome = blocks_outcome(session, result, "known_source");
    if (outcome == BLOCKS_DONE)
        *forgotten += strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return outcome;
}

bool forget_sources(struct pg_session *session, unsigned long long *forgotten)
{
    long blocks = 0;
    if (!pg_session_run(session, "SET lock_timeout = '2s'") || !blocks_count(session, "known_source", &blocks))
        return false;
    for (long block = 0; block < blocks; block += SLICE_BLOCKS) {
        enum blocks_outcome outcome = BLOCKS_BUSY;
        while (outcome == BLOCKS_BUSY)
            outcome = forget_slice(session, block, forgotten);
        if (outcome == BLOCKS_FAILED)
            return false;
    }
    return true;
}
