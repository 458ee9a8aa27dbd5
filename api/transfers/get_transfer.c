/* GET /v1/transfers/{transfer_id}: where a transfer is, whose desk has it, until when, and what is missing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/transfers/transfer.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid transfer_id = request->args[GET_TRANSFER_TRANSFER_ID].uuid;
    enum problem problem = access_ask(request, transfer_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_TRANSFER_GET);
    call_int(call, TRANSFER_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(transfer_id));
    call_uuid(call, TRANSFER_GET_PARAM_TRANSFER_ID, transfer_id);
    call_date(call, TRANSFER_GET_PARAM_TODAY, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !transfer_may_see(request, row_uuid(rows, 0, TRANSFER_GET_COLUMN_PERSON_ID),
                                              row_text(rows, 0, TRANSFER_GET_COLUMN_FROM_POOL_CODE),
                                              row_text(rows, 0, TRANSFER_GET_COLUMN_TO_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    return transfer_write(request, rows, 0, TRANSFER_GET_COLUMN_TRANSFER_ID, &writer) ? PROBLEM_NONE
                                                                                      : PROBLEM_INTERNAL_ERROR;
}

const struct handler get_transfer_handler = {.bind = bind, .render = render};
