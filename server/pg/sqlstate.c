/* The one table of SQLSTATEs; whatever is not in it is a bug. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/sqlstate.h"
#include <stddef.h>
#include <string.h>

static const struct {
    const char *prefix;
    enum failure failure;
} table[] = {
    {"40001", FAILURE_RETRY},      /* serialization_failure */
    {"40P01", FAILURE_RETRY},      /* deadlock_detected */
    {"0A000", FAILURE_STALE_PLAN}, /* cached plan must not change result type */
    {"26000", FAILURE_STALE_PLAN}, /* prepared statement does not exist: a pooler changed the backend */
    {"57014", FAILURE_TIMED_OUT},  /* query_canceled */
    {"25006", FAILURE_READ_ONLY},  /* read_only_sql_transaction: a stand-by */
    {"55P03", FAILURE_LOCKED},     /* lock_not_available */
    {"53", FAILURE_UNAVAILABLE},   /* insufficient resources, disk full among them */
    {"57P", FAILURE_UNAVAILABLE},  /* shutting down or starting */
    {SQLSTATE_MISFIT, FAILURE_UNREADABLE},
    {"58", FAILURE_UNAVAILABLE}, /* input/output errors of the system */
};

enum failure sqlstate_failure(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strncmp(sqlstate, table[i].prefix, strlen(table[i].prefix)) == 0)
            return table[i].failure;
    return FAILURE_BUG;
}
