/* Named SQL statements, the parameters of one call, and the rows that come back. Knows nothing of libpq. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/limits.h"
#include "server/span.h"
#include "server/uuid.h"
#include "statements.h" /* generated from db/queries/ by tools/generate_statements.py: enum statement, parameters, columns */
#include <stdbool.h>
#include <stdint.h>

enum value_type {
    VALUE_BOOL,
    VALUE_INT2,
    VALUE_INT4,
    VALUE_INT8,
    VALUE_TEXT,
    VALUE_BYTEA,
    VALUE_UUID,
    VALUE_DATE,
    VALUE_INSTANT
};

enum lane { LANE_READ, LANE_WRITE, LANE_SLOW, LANE_REPLICA, LANE_COUNT };

#define LANES_OF_PRIMARY LANE_REPLICA /* those before it: what /readyz depends on */

/* `set`: takes arrays, one element per member, and returns rows ordered by their first column `ord` (1-based member).
 */
enum statement_mode { STATEMENT_SINGLE, STATEMENT_SET };

/* Of a statement whose rows may say that a member is to go again (server/pg/deferral.h). */
struct deferral_info {
    int8_t wait_param; /* filled by the lane: whether to wait for locks */
    int8_t status_column;
    int8_t distinct_param; /* uuid: members that share it do not travel together; -1: none */
};

struct statement_info {
    const char *name;
    const char *sql;
    enum statement_mode mode;
    enum lane lane;
    bool writes;     /* and not only the record of a look: see task_may_have_run, and dry runs */
    bool repeatable; /* may be executed again when its outcome is unknown */
    bool on_replica; /* a stand-by may answer it (server/pg/replica.h) */
    uint8_t params_count;
    uint8_t columns_count;
    const enum value_type *params;
    const enum value_type *columns;
    const struct deferral_info *deferral; /* NULL: it never defers */
};

extern const struct statement_info statement_infos[]; /* indexed by enum statement */

struct value {
    bool is_null;
    union {
        int64_t number;    /* bool, integers; dates in days and instants in µs since 1970 */
        struct span bytes; /* text, bytea: owned by the request's arena */
        struct uuid uuid;
    };
};

/* One statement with its parameters, as one member of a batch. Unbound parameters are NULL. */
struct call {
    enum statement statement; /* STATEMENT_NONE: nothing to ask, render at once */
    struct value values[LIMIT_STATEMENT_PARAMS];
};

void call_init(struct call *call, enum statement statement); /* every parameter NULL */
void call_bool(struct call *call, int param, bool value);
void call_int(struct call *call, int param, int64_t value);       /* any integer width: asserted to fit */
void call_text(struct call *call, int param, struct span value);  /* borrowed until the request ends */
void call_bytea(struct call *call, int param, struct span value); /* borrowed until the request ends */
void call_uuid(struct call *call, int param, struct uuid value);
void call_date(struct call *call, int param, int32_t days);
void call_instant(struct call *call, int param, int64_t instant_us);

/* One member's rows of a result. Valid during render only: copy what must live longer. */
struct rows {
    const void *result; /* the PGresult, seen only by server/pg/rows.c */
    int first;
    int count;
    enum statement statement;
};

bool row_is_null(const struct rows *rows, int row, int column);
bool row_bool(const struct rows *rows, int row, int column);
int64_t row_int(const struct rows *rows, int row, int column);
struct span row_text(const struct rows *rows, int row, int column); /* also bytea; empty when NULL */
struct uuid row_uuid(const struct rows *rows, int row, int column);
int32_t row_date(const struct rows *rows, int row, int column);    /* days since 1970-01-01 */
int64_t row_instant(const struct rows *rows, int row, int column); /* µs since 1970 */
