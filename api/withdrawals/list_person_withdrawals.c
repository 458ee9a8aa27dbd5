/* GET /v1/people/{person_id}/withdrawals: newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/withdrawals/shown.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_WITHDRAWALS_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WITHDRAWAL_LIST);
    call_int(call, WITHDRAWAL_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, WITHDRAWAL_LIST_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, WITHDRAWAL_LIST_PARAM_VISIBLE);
    call_text(call, WITHDRAWAL_LIST_PARAM_LANGUAGE, withdrawal_language(request));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    bool is_written = true;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < rows->count && is_written; row++) {
        if (!row_is_null(rows, row, WITHDRAWAL_LIST_COLUMN_WITHDRAWAL_ID)) {
            is_written = withdrawal_write(request, rows, row, &writer);
        }
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return is_written ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

const struct handler list_person_withdrawals_handler = {.bind = bind, .render = render};
