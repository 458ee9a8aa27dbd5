/* The sums of a run as a table: people, gross amount, deduction and net by pool, plan and tier, and who was passed
 * over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/credits/run.h"
#include <stdio.h>
#include <string.h>

#define YUAN(column) "to_char(" column " / 100, 'FM99999999999999999990.00')"

static bool print_skipped(struct credits_run *run, const char *phase)
{
    const char *values[] = {run->job_id, phase};
    PGresult *rows =
        pg_session_query(&run->session,
                         "SELECT reason, sum(people) FROM credit_run_skip WHERE job_id = $1 AND phase = $2 "
                         "GROUP BY reason HAVING sum(people) > 0 ORDER BY reason",
                         2, values);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) > 0)
        puts("passed over:");
    for (int row = 0; row < PQntuples(rows); row++)
        printf("  %-26s %10s\n", PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1));
    PQclear(rows);
    return true;
}

bool credits_print(struct credits_run *run, const char *phase)
{
    const char *values[] = {run->job_id, phase};
    PGresult *rows = pg_session_query(
        &run->session,
        "SELECT coalesce(tier.pool_code, 'total'), coalesce(tier.plan_code, ''), coalesce(tier.min_age::text, ''), "
        "coalesce(sum(tier.people), 0), " YUAN("coalesce(sum(tier.gross_fen), 0)") ", " YUAN(
            "coalesce(sum(tier.deduction_fen), 0)") ", " YUAN("coalesce(sum(tier.gross_fen - tier.deduction_fen), "
                                                              "0)") ", "
                                                                    "coalesce((SELECT pool.name FROM pool WHERE "
                                                                    "pool.pool_code = tier.pool_code), '') "
                                                                    "FROM credit_run_tier AS tier WHERE "
                                                                    "tier.job_id = $1 AND tier.phase = $2 "
                                                                    "GROUP BY GROUPING SETS ((tier.pool_code, "
                                                                    "tier.plan_code, tier.min_age), ()) "
                                                                    "ORDER BY tier.pool_code NULLS LAST, "
                                                                    "tier.plan_code, tier.min_age",
        2, values);
    if (rows == NULL)
        return false;
    printf("%s, yuan:\n", strcmp(phase, "checking") == 0 ? "due" : "posted");
    printf("  %-6s %-16s %4s %10s %16s %14s %16s\n", "pool", "plan", "from", "people", "gross", "deduction", "net");
    for (int row = 0; row < PQntuples(rows); row++)
        printf("  %-6s %-16s %4s %10s %16s %14s %16s %s\n", PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1),
               PQgetvalue(rows, row, 2), PQgetvalue(rows, row, 3), PQgetvalue(rows, row, 4), PQgetvalue(rows, row, 5),
               PQgetvalue(rows, row, 6), PQgetvalue(rows, row, 7));
    PQclear(rows);
    bool ok = print_skipped(run, phase);
    fflush(stdout);
    return ok;
}
