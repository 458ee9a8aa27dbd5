/* GET /v1/settlements: newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "api/settlements/settlement.h"

static const struct field fields[] = {
    {"settlement_id", SETTLEMENT_LIST_COLUMN_SETTLEMENT_ID, FIELD_PLAIN},
    {"provider_id", SETTLEMENT_LIST_COLUMN_PROVIDER_ID, FIELD_PLAIN},
    {"provider_name", SETTLEMENT_LIST_COLUMN_PROVIDER_NAME, FIELD_PLAIN},
    {"institution_code", SETTLEMENT_LIST_COLUMN_INSTITUTION_CODE, FIELD_PLAIN},
    {"business_date", SETTLEMENT_LIST_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"attempt", SETTLEMENT_LIST_COLUMN_ATTEMPT, FIELD_PLAIN},
    {"state", SETTLEMENT_LIST_COLUMN_STATE, FIELD_PLAIN},
    {"created_at", SETTLEMENT_LIST_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"payable_fen", SETTLEMENT_LIST_COLUMN_PAYABLE_FEN, FIELD_PLAIN},
    {"matched_count", SETTLEMENT_LIST_COLUMN_MATCHED_COUNT, FIELD_PLAIN},
    {"missing_here_count", SETTLEMENT_LIST_COLUMN_MISSING_HERE_COUNT, FIELD_PLAIN},
    {"missing_there_count", SETTLEMENT_LIST_COLUMN_MISSING_THERE_COUNT, FIELD_PLAIN},
    {"amount_differs_count", SETTLEMENT_LIST_COLUMN_AMOUNT_DIFFERS_COUNT, FIELD_PLAIN},
    {"listed_twice_count", SETTLEMENT_LIST_COLUMN_LISTED_TWICE_COUNT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *state = &request->args[LIST_SETTLEMENTS_STATE];
    const struct arg *business_date = &request->args[LIST_SETTLEMENTS_BUSINESS_DATE];
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_SETTLEMENTS_LIMIT, LIST_SETTLEMENTS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_SETTLEMENT_LIST);
    settlement_bind_reader(request, call, SETTLEMENT_LIST_PARAM_PROVIDER_ID, SETTLEMENT_LIST_PARAM_VISIBLE);
    call_uuid(call, SETTLEMENT_LIST_PARAM_BEFORE_SETTLEMENT_ID, before);
    if (state->present) {
        call_text(call, SETTLEMENT_LIST_PARAM_STATE, state->text);
    }
    if (business_date->present) {
        call_date(call, SETTLEMENT_LIST_PARAM_BUSINESS_DATE, (int32_t)business_date->number);
    }
    call_int(call, SETTLEMENT_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, SETTLEMENT_LIST_COLUMN_SETTLEMENT_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_settlements_handler = {.bind = bind, .render = render};
