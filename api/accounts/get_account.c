/* GET /v1/accounts/{account_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/views/view.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"account_id", ACCOUNT_GET_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"person_id", ACCOUNT_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"region_code", ACCOUNT_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", ACCOUNT_GET_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"status", ACCOUNT_GET_COLUMN_STATUS, FIELD_PLAIN},
    {"opened_at", ACCOUNT_GET_COLUMN_OPENED_AT, FIELD_PLAIN},
    {"last_posted_at", ACCOUNT_GET_COLUMN_LAST_POSTED_AT, FIELD_PLAIN},
};

VIEW_SAME_COLUMNS(VIEWED_ACCOUNT, ACCOUNT_GET, LAST_POSTED_AT);

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_ACCOUNT_ID].uuid;
    bool is_viewed = view_is_asked(request, account_id);
    enum problem problem = is_viewed ? PROBLEM_NONE : access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, is_viewed ? STATEMENT_VIEWED_ACCOUNT : STATEMENT_ACCOUNT_GET);
    call_int(call, ACCOUNT_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_GET_PARAM_ACCOUNT_ID, account_id);
    if (is_viewed) {
        view_bind(request, call, account_id, VIEWED_ACCOUNT_PARAM_VIEWER_ID);
    }
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_GET_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_GET_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(FIELDS(fields), rows, reply);
    return PROBLEM_NONE;
}

const struct handler get_account_handler = {.bind = bind, .render = render};
