/* GET /v1/admin/payables: what pools owe providers for days that are agreed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"settlement_id", PAYABLE_LIST_COLUMN_SETTLEMENT_ID, FIELD_PLAIN},
    {"provider_id", PAYABLE_LIST_COLUMN_PROVIDER_ID, FIELD_PLAIN},
    {"provider_name", PAYABLE_LIST_COLUMN_PROVIDER_NAME, FIELD_PLAIN},
    {"institution_code", PAYABLE_LIST_COLUMN_INSTITUTION_CODE, FIELD_PLAIN},
    {"business_date", PAYABLE_LIST_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"pool_code", PAYABLE_LIST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"charges_count", PAYABLE_LIST_COLUMN_CHARGES_COUNT, FIELD_PLAIN},
    {"charges_fen", PAYABLE_LIST_COLUMN_CHARGES_FEN, FIELD_PLAIN},
    {"refunds_count", PAYABLE_LIST_COLUMN_REFUNDS_COUNT, FIELD_PLAIN},
    {"refunds_fen", PAYABLE_LIST_COLUMN_REFUNDS_FEN, FIELD_PLAIN},
    {"payable_fen", PAYABLE_LIST_COLUMN_PAYABLE_FEN, FIELD_PLAIN},
    {"agreed_at", PAYABLE_LIST_COLUMN_AGREED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static bool bind_position(const struct page *page, struct call *call)
{
    struct uuid before;
    memset(&before, 0xff, sizeof before);
    if (page->continued && (page->keys_count != 2 || !uuid_parse(page->keys[0], &before))) {
        return false;
    }
    call_uuid(call, PAYABLE_LIST_PARAM_BEFORE_SETTLEMENT_ID, before);
    call_text(call, PAYABLE_LIST_PARAM_BEFORE_POOL_CODE, page->continued ? page->keys[1] : SPAN(""));
    call_int(call, PAYABLE_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    const struct arg *from = &args[LIST_PAYABLES_FROM], *to = &args[LIST_PAYABLES_TO];
    access_bind_visible(request, call, PAYABLE_LIST_PARAM_VISIBLE);
    if (args[LIST_PAYABLES_REGION].present) {
        call_text(call, PAYABLE_LIST_PARAM_POOL_CODE, args[LIST_PAYABLES_REGION].text);
    }
    if (args[LIST_PAYABLES_PROVIDER_ID].present) {
        call_uuid(call, PAYABLE_LIST_PARAM_PROVIDER_ID, args[LIST_PAYABLES_PROVIDER_ID].uuid);
    }
    if (from->present) {
        call_date(call, PAYABLE_LIST_PARAM_FROM_DATE, (int32_t)from->number);
    }
    if (to->present) {
        call_date(call, PAYABLE_LIST_PARAM_TO_DATE, (int32_t)to->number);
    }
    if (from->present && to->present && from->number > to->number) {
        request_fault(request, ARG_QUERY, "to", "too_small", NULL);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    call_init(call, STATEMENT_PAYABLE_LIST);
    bind_filters(request, call);
    enum problem problem = list_begin(request, LIST_PAYABLES_LIMIT, LIST_PAYABLES_CURSOR, &page);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    list_id_key(request, rows, row, PAYABLE_LIST_COLUMN_SETTLEMENT_ID, keys);
    keys[1] = row_text(rows, row, PAYABLE_LIST_COLUMN_POOL_CODE);
    return 2;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_payables_handler = {.bind = bind, .render = render};
