/* Sends what prepares every statement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/prepare.h"
#include "server/pg/wire.h"

#define PREPARED_AT_ONCE 16

static bool send_one(PGconn *pg, const struct statement_info *info)
{
    Oid types[LIMIT_STATEMENT_PARAMS];
    for (int p = 0; p < info->params_count; p++)
        types[p] = wire_oid(info->params[p], info->mode == STATEMENT_SET);
    return PQsendPrepare(pg, info->name, info->sql, info->params_count, types) == 1;
}

unsigned prepare_send(PGconn *pg)
{
    unsigned syncs = 0;
    if (PQsetnonblocking(pg, 1) != 0 || PQenterPipelineMode(pg) != 1)
        return 0;
    for (int s = 1; s < STATEMENT_COUNT; s++) {
        if (!send_one(pg, &statement_infos[s]))
            return 0;
        if (s % PREPARED_AT_ONCE != 0 && s + 1 < STATEMENT_COUNT)
            continue;
        if (PQpipelineSync(pg) != 1)
            return 0;
        syncs++;
    }
    return syncs;
}
