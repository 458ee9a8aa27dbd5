/* GET /v1/charges/{charge_id}/refunds: what was given back of a charge, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/refund.h"
#include "api/list.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_REFUNDS_LIMIT, LIST_REFUNDS_CURSOR, &page, &before);
    return problem != PROBLEM_NONE
               ? problem
               : refund_bind(request, request->args[LIST_REFUNDS_CHARGE_ID].uuid, NULL, before, page->limit + 1, call);
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, REFUND_LIST_COLUMN_REFUND_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct list list = {
        .fields = refund_fields, .fields_count = refund_fields_count, .presence = REFUND_LIST_COLUMN_REFUND_ID};
    return refund_may_see(request, rows) ? list_write_page(&list, request, rows, reply, keys_of) : PROBLEM_NOT_FOUND;
}

const struct handler list_refunds_handler = {.bind = bind, .render = render};
