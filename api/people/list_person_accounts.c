/* GET /v1/people/{person_id}/accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"account_id", PERSON_ACCOUNTS_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"person_id", PERSON_ACCOUNTS_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"region_code", PERSON_ACCOUNTS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", PERSON_ACCOUNTS_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"status", PERSON_ACCOUNTS_COLUMN_STATUS, FIELD_PLAIN},
    {"opened_at", PERSON_ACCOUNTS_COLUMN_OPENED_AT, FIELD_PLAIN},
    {"last_posted_at", PERSON_ACCOUNTS_COLUMN_LAST_POSTED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = PERSON_ACCOUNTS_COLUMN_ACCOUNT_ID};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_ACCOUNTS_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_ACCOUNTS);
    call_int(call, PERSON_ACCOUNTS_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_ACCOUNTS_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_ACCOUNTS_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return list_write_found(&list, rows, reply);
}

const struct handler list_person_accounts_handler = {.bind = bind, .render = render};
