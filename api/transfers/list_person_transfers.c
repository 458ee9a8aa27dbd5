/* GET /v1/people/{person_id}/transfers: what somebody has applied for, the newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/transfers/transfer.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_TRANSFERS_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_TRANSFERS);
    call_int(call, PERSON_TRANSFERS_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_TRANSFERS_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_TRANSFERS_PARAM_VISIBLE);
    call_date(call, PERSON_TRANSFERS_PARAM_TODAY, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < rows->count; row++) {
        if (!row_is_null(rows, row, PERSON_TRANSFERS_COLUMN_TRANSFER_ID) &&
            !transfer_write(request, rows, row, PERSON_TRANSFERS_COLUMN_TRANSFER_ID, &writer)) {
            return PROBLEM_INTERNAL_ERROR;
        }
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler list_person_transfers_handler = {.bind = bind, .render = render};
