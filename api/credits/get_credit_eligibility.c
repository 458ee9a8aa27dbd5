/* GET /v1/accounts/{account_id}/credits/eligibility: whether the account is credited this month, and why not. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credits/eligibility.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[GET_CREDIT_ELIGIBILITY_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_CREDIT_ELIGIBILITY);
    call_int(call, ACCOUNT_CREDIT_ELIGIBILITY_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_CREDIT_ELIGIBILITY_PARAM_ACCOUNT_ID, account_id);
    call_date(call, ACCOUNT_CREDIT_ELIGIBILITY_PARAM_THIS_MONTH, eligibility_this_month());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_CREDIT_ELIGIBILITY_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_CREDIT_ELIGIBILITY_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    eligibility_write(request, rows, reply);
    return PROBLEM_NONE;
}

const struct handler get_credit_eligibility_handler = {.bind = bind, .render = render};
