/* GET /v1/withdrawals/{withdrawal_id}: how far it is, to whom it goes, and what is missing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/withdrawals/shown.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid withdrawal_id = request->args[GET_WITHDRAWAL_WITHDRAWAL_ID].uuid;
    enum problem problem = access_ask(request, withdrawal_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WITHDRAWAL_LIST);
    call_int(call, WITHDRAWAL_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(withdrawal_id));
    call_uuid(call, WITHDRAWAL_LIST_PARAM_WITHDRAWAL_ID, withdrawal_id);
    access_bind_visible(request, call, WITHDRAWAL_LIST_PARAM_VISIBLE);
    call_text(call, WITHDRAWAL_LIST_PARAM_LANGUAGE, withdrawal_language(request));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || row_is_null(rows, 0, WITHDRAWAL_LIST_COLUMN_WITHDRAWAL_ID)) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    return withdrawal_write(request, rows, 0, &writer) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

const struct handler get_withdrawal_handler = {.bind = bind, .render = render};
