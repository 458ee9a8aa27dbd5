/* GET /v1/charges/{charge_id}/refunds/{refund_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/charges/refund.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid last;
    memset(&last, 0xff, sizeof last);
    return refund_bind(request, request->args[GET_REFUND_CHARGE_ID].uuid, &request->args[GET_REFUND_REFUND_ID].uuid,
                       last, 1, call);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (!refund_may_see(request, rows) || row_is_null(rows, 0, REFUND_LIST_COLUMN_REFUND_ID)) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(refund_fields, refund_fields_count, rows, reply);
    return PROBLEM_NONE;
}

const struct handler get_refund_handler = {.bind = bind, .render = render};
