/* One value of a row on its way from the file to PostgreSQL, and the row around it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/identifiers/citizen_number.h"
#include "cli/import/fault.h"
#include "server/crypto/keyring.h"
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

/* How a cell goes into the staging table, by COPY BINARY. */
enum cell_type { CELL_BOOL, CELL_INT4, CELL_INT8, CELL_DATE, CELL_TEXT, CELL_BYTEA, CELL_UUID };

struct cell {
    bool is_set;       /* false: NULL */
    int64_t number;    /* CELL_BOOL, CELL_INT4, CELL_INT8; CELL_DATE in days since 1970-01-01 */
    struct span bytes; /* CELL_TEXT, CELL_BYTEA and the 16 bytes of CELL_UUID; lives as long as the record */
};

#define ROW_CELLS_MAX 32
#define ROW_SCRATCH_BYTES                                                                                              \
    2304 /* hashes (68 each), sealed values (text of at most 400 bytes + 31) and ids of one row                        \
          */

/* What all rows of a run share. */
struct row_context {
    const struct keyring *keyring;
    int32_t business_date; /* days since 1970-01-01 */
    const char *regions;   /* comma-separated codes that a pool must lie in; NULL: any */
    struct fault_list *faults;
    bool crypto_failed; /* hashing or sealing failed, for want of memory: the run must stop */
};

struct row {
    struct row_context *context;
    uint32_t line;
    bool is_valid;                        /* no error found so far */
    struct cell cells[ROW_CELLS_MAX];     /* first those of the columns, then those derived from them */
    struct citizen_number citizen_number; /* text is empty when the row has none that is valid */
    uint8_t citizen_hash[KEYED_HASH_BYTES];
    uint8_t scratch[ROW_SCRATCH_BYTES];
    size_t scratch_used;
};

void row_add_fault(struct row *row, enum fault_code code, const char *field);
/* Memory that lives as long as the row; never NULL, since the sum of what one row needs is fixed. */
uint8_t *row_scratch(struct row *row, size_t size_bytes);

/* The first half of an id (server/uuid.h); SQL puts the person's key behind it. */
struct cell id_time_cell(void);
static inline bool cell_is_word(const struct cell *cell, const char *value)
{
    return cell->is_set && span_equal(cell->bytes, span_of(value));
}
