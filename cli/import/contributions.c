/* Contribution files: what was paid for whom, for which month or year. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/kind.h"
#include "cli/import/parse.h"
#include "cli/import/words.h"
#include "server/clock.h"
#include "server/uuid.h"

enum contribution_cell {
    CITIZEN_NUMBER = CELL_CITIZEN_HASH,
    NAME,
    POOL_CODE,
    SCHEME,
    PERIOD,
    KIND,
    SOURCE_DOCUMENT,
    BASE,
    PERSONAL,
    EMPLOYER,
    SUBSIDY,
    PAID_ON,
    CHANNEL,
    EMPLOYER_CODE,
    COLUMNS,
    CONTRIBUTION_TIME = COLUMNS, /* first halves of ids; the second is the person's key */
    ENTRY_TIME,
    CELLS,
};
_Static_assert(CELLS <= ROW_CELLS_MAX, "a row has room for all cells");

static const struct column columns[COLUMNS] = {
    [CITIZEN_NUMBER] = {"citizen_number", HEADERS_CITIZEN_NUMBER, true, parse_citizen_number, NULL, NULL},
    [NAME] = {"name", HEADERS_NAME, false, parse_name_hash, NULL, NULL},
    [POOL_CODE] = {"pool_code", HEADERS_POOL, true, parse_pool, NULL, NULL},
    [SCHEME] = {"scheme", HEADERS_SCHEME, true, parse_word, scheme_words, NULL},
    [PERIOD] = {"period", "费款所属期|所属期|费款所属月份|缴费年月|缴费月份|缴费年度|month", true, parse_period, NULL,
                NULL},
    [KIND] = {"kind", "缴费类型|缴费类别|应缴类型", false, parse_word, contribution_kind_words, "regular"},
    [SOURCE_DOCUMENT] = {"source_document", HEADERS_SOURCE_DOCUMENT, true, parse_text, NULL, NULL},
    [BASE] = {"base_yuan", "缴费基数|基数|base", false, parse_signed_amount, NULL, "0"},
    [PERSONAL] = {"personal_yuan", "个人缴费|个人缴费金额|个人部分|个人缴纳|personal", true, parse_signed_amount, NULL,
                  NULL},
    [EMPLOYER] = {"employer_yuan", "单位缴费|单位缴费金额|单位部分|单位缴纳|employer", false, parse_signed_amount, NULL,
                  "0"},
    [SUBSIDY] = {"subsidy_yuan", "财政补助|财政补贴|政府补助|政府补贴|subsidy", false, parse_signed_amount, NULL, "0"},
    [PAID_ON] = {"paid_on", "缴费日期|到账日期|缴纳日期", false, parse_past_date, NULL, NULL},
    [CHANNEL] = {"channel", "缴费渠道|缴费方式", false, parse_short_text, NULL, NULL},
    [EMPLOYER_CODE] = {"employer_code", HEADERS_EMPLOYER_CODE, false, parse_employer_code, NULL, NULL},
};

static const struct staged_cell staged[] = {
    {CITIZEN_NUMBER, CELL_BYTEA}, {NAME, CELL_BYTEA},         {POOL_CODE, CELL_TEXT},         {SCHEME, CELL_TEXT},
    {PERIOD, CELL_DATE},          {KIND, CELL_TEXT},          {SOURCE_DOCUMENT, CELL_TEXT},   {BASE, CELL_INT8},
    {PERSONAL, CELL_INT8},        {EMPLOYER, CELL_INT8},      {SUBSIDY, CELL_INT8},           {PAID_ON, CELL_DATE},
    {CHANNEL, CELL_TEXT},         {EMPLOYER_CODE, CELL_TEXT}, {CONTRIBUTION_TIME, CELL_INT8}, {ENTRY_TIME, CELL_INT8},
};

static void check_period(struct row *row)
{
    struct cell *period = &row->cells[PERIOD];
    if (!period->is_set || !row->cells[SCHEME].is_set) {
        return;
    }
    bool is_resident = cell_is_word(&row->cells[SCHEME], "resident");
    int32_t year;
    int32_t month;
    int32_t day;
    int32_t year_now;
    int32_t month_now;
    date_to_civil((int32_t)period->number, &year, &month, &day);
    date_to_civil(row->context->business_date, &year_now, &month_now, &day);
    bool has_right_form = is_resident ? month == 1 : !period_is_year(period);
    /* The premium of a year is paid in the autumn before. */
    bool is_future = is_resident ? year > year_now + 1 : 12 * year + month > 12 * year_now + month_now;
    if (!has_right_form) {
        row_add_fault(row, FAULT_MONTH_MALFORMED, columns[PERIOD].name);
    } else if (is_future) {
        row_add_fault(row, FAULT_MONTH_IN_FUTURE, columns[PERIOD].name);
    }
}

/* Records keep what was given back as a positive amount; files have it in either sign. */
static void check_signs(struct row *row)
{
    bool is_refund = cell_is_word(&row->cells[KIND], "refund");
    for (int i = BASE; i <= SUBSIDY; i++) {
        struct cell *amount = &row->cells[i];
        if (amount->number >= 0) {
            continue;
        }
        if (is_refund) {
            amount->number = -amount->number;
        } else {
            row_add_fault(row, FAULT_AMOUNT_NEGATIVE, columns[i].name);
        }
    }
}

static void refuse_if(struct row *row, bool is_wrong, enum fault_code code, enum contribution_cell cell)
{
    if (is_wrong) {
        row_add_fault(row, code, columns[cell].name);
    }
}

static void complete(struct row *row)
{
    const struct cell *cells = row->cells;
    bool is_resident = cell_is_word(&cells[SCHEME], "resident");
    bool is_employee = cell_is_word(&cells[SCHEME], "employee");
    bool is_deemed = cell_is_word(&cells[KIND], "deemed_years");
    check_period(row);
    check_signs(row);
    refuse_if(row, is_resident && cells[EMPLOYER].number != 0, FAULT_AMOUNT_NOT_ALLOWED, EMPLOYER);
    refuse_if(row, is_resident && cells[EMPLOYER_CODE].is_set, FAULT_NOT_APPLICABLE, EMPLOYER_CODE);
    refuse_if(row, is_employee && cells[SUBSIDY].number != 0, FAULT_AMOUNT_NOT_ALLOWED, SUBSIDY);
    refuse_if(row, is_deemed && cells[PERSONAL].number != 0, FAULT_AMOUNT_NOT_ALLOWED, PERSONAL);
    refuse_if(row, is_deemed && is_resident, FAULT_NOT_APPLICABLE, KIND);
    row->cells[CONTRIBUTION_TIME] = id_time_cell();
    row->cells[ENTRY_TIME] = id_time_cell();
}

static const char *const more_checks[] = {"check_balances", NULL};
static const char *const post_steps[] = {"post_0_gate", "post_1_lock", "post_2_record", NULL};

const struct import_kind import_contributions = {
    .name = "contributions",
    .run_kind = "contributions",
    .columns = columns,
    .columns_count = COLUMNS,
    .complete = complete,
    .staged = staged,
    .staged_count = sizeof(staged) / sizeof(staged[0]),
    .more_checks = more_checks,
    .post_steps = post_steps,
    .connections = 2,
};
