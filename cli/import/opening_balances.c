/* Opening-balance files: what an older system hands over for each account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/kind.h"
#include "cli/import/parse.h"
#include "cli/import/words.h"

enum opening_cell {
    CITIZEN_NUMBER = CELL_CITIZEN_HASH,
    NAME,
    POOL_CODE,
    AS_OF,
    CURRENT_YEAR,
    CARRIED_OVER,
    SOURCE_DOCUMENT,
    COLUMNS,
    OPERATION_TIME = COLUMNS, /* first halves of ids; the second is the person's key */
    CURRENT_YEAR_ENTRY_TIME,
    CARRIED_OVER_ENTRY_TIME,
    CELLS,
};
_Static_assert(CELLS <= ROW_CELLS_MAX, "a row has room for all cells");

static const struct column columns[COLUMNS] = {
    [CITIZEN_NUMBER] = {"citizen_number", HEADERS_CITIZEN_NUMBER, true, parse_citizen_number, NULL, NULL},
    [NAME] = {"name", HEADERS_NAME, false, parse_name_hash, NULL, NULL},
    [POOL_CODE] = {"pool_code", HEADERS_POOL, true, parse_pool, NULL, NULL},
    [AS_OF] = {"as_of", "期初日期|余额日期|切换日期", true, parse_past_date, NULL, NULL},
    [CURRENT_YEAR] = {"current_year_yuan", "当年余额|当年账户余额|当年", true, parse_amount, NULL, NULL},
    [CARRIED_OVER] = {"carried_over_yuan", "历年余额|历年账户余额|历年|往年余额", true, parse_amount, NULL, NULL},
    [SOURCE_DOCUMENT] = {"source_document", HEADERS_SOURCE_DOCUMENT, true, parse_text, NULL, NULL},
};

static const struct staged_cell staged[] = {
    {CITIZEN_NUMBER, CELL_BYTEA},
    {NAME, CELL_BYTEA},
    {POOL_CODE, CELL_TEXT},
    {AS_OF, CELL_DATE},
    {CURRENT_YEAR, CELL_INT8},
    {CARRIED_OVER, CELL_INT8},
    {SOURCE_DOCUMENT, CELL_TEXT},
    {OPERATION_TIME, CELL_INT8},
    {CURRENT_YEAR_ENTRY_TIME, CELL_INT8},
    {CARRIED_OVER_ENTRY_TIME, CELL_INT8},
};

static void complete(struct row *row)
{
    for (int i = OPERATION_TIME; i < CELLS; i++) {
        row->cells[i] = id_time_cell();
    }
}

static const char *const more_checks[] = {NULL};
static const char *const post_steps[] = {"post_0_gate", "post_1_lock", "post_2_cut_over", "post_3_record", NULL};

const struct import_kind import_opening_balances = {
    .name = "opening-balances",
    .run_kind = "opening_balances",
    .columns = columns,
    .columns_count = COLUMNS,
    .complete = complete,
    .staged = staged,
    .staged_count = sizeof(staged) / sizeof(staged[0]),
    .more_checks = more_checks,
    .post_steps = post_steps,
    .connections = 2,
};
