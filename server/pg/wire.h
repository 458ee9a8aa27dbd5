/* PostgreSQL's binary forms: what goes into a parameter and comes out of a column. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/pg/statement.h"
#include "server/text.h"
#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>

/* PostgreSQL counts from 2000-01-01. */
#define WIRE_EPOCH_DAYS 10957
#define WIRE_EPOCH_US (WIRE_EPOCH_DAYS * INT64_C(86400000000))

/* Whether rows.c can read the result: a migration may have changed a type since the statement was written. */
bool wire_fits(const PGresult *result, enum statement statement);

/* Type numbers of pg_type, fixed for ever by PostgreSQL. */
uint32_t wire_oid(enum value_type type, bool array);

/* The parameters of a batch as PQsendQueryPrepared wants them; the bytes live in `buffer` until the next encoding. */
struct wire_params {
    struct text buffer;
    const char *values[LIMIT_STATEMENT_PARAMS];
    int lengths[LIMIT_STATEMENT_PARAMS];
    int formats[LIMIT_STATEMENT_PARAMS];
};

/* One call as scalars, or `count` calls of the same statement as one array for each parameter. False when out of
 * memory. */
bool wire_encode(struct wire_params *params, const struct call *const *calls, unsigned count);
