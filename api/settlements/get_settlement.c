/* GET /v1/settlements/{settlement_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/settlement.h"
#include "api/settlements/settlement_shown.h"

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_SETTLEMENT_GET);
    call_uuid(call, SETTLEMENT_GET_PARAM_SETTLEMENT_ID, request->args[GET_SETTLEMENT_SETTLEMENT_ID].uuid);
    settlement_bind_reader(request, call, SETTLEMENT_GET_PARAM_PROVIDER_ID, SETTLEMENT_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    settlement_write(&writer, rows, SETTLEMENT_GET_COLUMN_PART, false);
    return PROBLEM_NONE;
}

const struct handler get_settlement_handler = {.bind = bind, .render = render};
