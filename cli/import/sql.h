/* The statements of an import: read from db/import/, run with one fixed set of parameters. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/session.h"
#include "server/uuid.h"
#include <stdint.h>

/*
 * Every statement under db/import/ may use these:
 *   $1 from_position int8 (exclusive)   $2 to_position int8 (inclusive)   $3 instant timestamptz (business time)
 *   $4 business_date date   $5 hash_algorithm text   $6 import_run_id uuid   $7 event_id uuid
 *   $8 real_instant timestamptz
 */
struct sql_params {
    int64_t from_position;
    int64_t to_position;
    int64_t instant_us;
    int32_t business_date;
    const char *hash_algorithm;
    struct uuid import_run_id;
    struct uuid event_id;
    int64_t real_instant_us;
};

/* The text of <directory>/import/<kind>/<name>.sql, from malloc; NULL after one line on stderr. */
char *sql_read(const char *directory, const char *kind, const char *name);
bool sql_prepare(struct pg_session *session, const char *name, const char *sql);
/*
 * `name` was prepared. NULL after the error was printed; `*is_lost` says whether only another transaction was in the
 * way (serialisation failure, deadlock, lock not to be had in time), so that the same may succeed again. Caller clears.
 */
PGresult *sql_execute(struct pg_session *session, const char *name, const struct sql_params *params, bool *is_lost);
/* As sql_prepare, then sql_execute, once. */
PGresult *sql_run(struct pg_session *session, const char *sql, const struct sql_params *params);
int64_t sql_number(const PGresult *result, int row, int column); /* 0 when NULL */
