/* GET /v1/charges: what an institution has charged, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/charge.h"
#include "api/list.h"
#include "server/clock.h"

static bool bind_position(const struct page *page, struct call *call)
{
    int32_t before_date = date_from_civil(9999, 12, 31);
    struct uuid before;
    memset(&before, 0xff, sizeof before);
    if (page->continued &&
        (page->keys_count != 2 || !date_parse(page->keys[0], &before_date) || !uuid_parse(page->keys[1], &before))) {
        return false;
    }
    call_date(call, CHARGE_LIST_PARAM_BEFORE_DATE, before_date);
    call_uuid(call, CHARGE_LIST_PARAM_BEFORE_CHARGE_ID, before);
    call_int(call, CHARGE_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *business_date = &request->args[LIST_CHARGES_BUSINESS_DATE];
    const struct arg *state = &request->args[LIST_CHARGES_STATE];
    const struct arg *charge_no = &request->args[LIST_CHARGES_CHARGE_NO];
    struct page *page;
    enum problem problem = list_begin(request, LIST_CHARGES_LIMIT, LIST_CHARGES_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CHARGE_LIST);
    call_uuid(call, CHARGE_LIST_PARAM_PROVIDER_ID, request->principal.subject_id);
    if (business_date->present) {
        call_date(call, CHARGE_LIST_PARAM_BUSINESS_DATE, (int32_t)business_date->number);
    }
    if (state->present) {
        call_text(call, CHARGE_LIST_PARAM_STATE, state->text);
    }
    if (charge_no->present) {
        call_text(call, CHARGE_LIST_PARAM_CHARGE_NO, charge_no->text);
    }
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char date[11], id[UUID_TEXT_LENGTH + 1];
    date_format(row_date(rows, row, CHARGE_LIST_COLUMN_BUSINESS_DATE), date);
    uuid_format(row_uuid(rows, row, CHARGE_LIST_COLUMN_CHARGE_ID), id);
    keys[0] = span_of(arena_copy(request->arena, span_of(date)));
    keys[1] = span_of(arena_copy(request->arena, span_of(id)));
    return 2;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct list list = {.fields = charge_fields, .fields_count = charge_fields_count, .presence = LIST_ALWAYS};
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_charges_handler = {.bind = bind, .render = render};
