/* GET /v1/people/{person_id}/credit-eligibility: the same for somebody who may have no account at all. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credits/eligibility.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[GET_PERSON_CREDIT_ELIGIBILITY_PERSON_ID].uuid;
    enum problem problem = access_ask(request, person_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_CREDIT_ELIGIBILITY);
    call_int(call, PERSON_CREDIT_ELIGIBILITY_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_CREDIT_ELIGIBILITY_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_CREDIT_ELIGIBILITY_PARAM_VISIBLE);
    call_date(call, PERSON_CREDIT_ELIGIBILITY_PARAM_THIS_MONTH, eligibility_this_month());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    eligibility_write(request, rows, reply);
    return PROBLEM_NONE;
}

const struct handler get_person_credit_eligibility_handler = {.bind = bind, .render = render};
