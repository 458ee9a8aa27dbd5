/* GET /v1/accounts/{account_id}/family-usage: what all members have used of an account in a year. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/usage.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_ACCOUNT_FAMILY_USAGE_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_FAMILY_USAGE_OF_ACCOUNT);
    call_int(call, FAMILY_USAGE_OF_ACCOUNT_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, FAMILY_USAGE_OF_ACCOUNT_PARAM_ACCOUNT_ID, account_id);
    return usage_bind_year(request, GET_ACCOUNT_FAMILY_USAGE_YEAR, call, FAMILY_USAGE_OF_ACCOUNT_PARAM_FIRST_DAY,
                           FAMILY_USAGE_OF_ACCOUNT_PARAM_LAST_DAY);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, FAMILY_USAGE_OF_ACCOUNT_COLUMN_OWNED_BY),
                                            row_text(rows, 0, FAMILY_USAGE_OF_ACCOUNT_COLUMN_OWNED_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return usage_write(request, rows, FAMILY_USAGE_OF_ACCOUNT_COLUMN_FAMILY_MEMBER_ID, reply);
}

const struct handler get_account_family_usage_handler = {.bind = bind, .render = render};
