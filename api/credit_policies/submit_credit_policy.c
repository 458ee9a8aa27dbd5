/* POST /v1/admin/credit-policies/{policy_id}/submissions: proposes to put a version of a plan in force. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    propose_check_reason(request, &args[SUBMIT_CREDIT_POLICY_REASON]);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_CREDIT_POLICY_SUBMIT);
    call_uuid(call, CREDIT_POLICY_SUBMIT_PARAM_PROPOSAL_ID, uuid_make(uuid_random_key()));
    call_uuid(call, CREDIT_POLICY_SUBMIT_PARAM_POLICY_ID, args[SUBMIT_CREDIT_POLICY_POLICY_ID].uuid);
    access_bind_visible(request, call, CREDIT_POLICY_SUBMIT_PARAM_VISIBLE);
    call_date(call, CREDIT_POLICY_SUBMIT_PARAM_BUSINESS_DATE, clock_date_of(clock_business_us()));
    propose_bind(request, call, CREDIT_POLICY_SUBMIT_PARAM_REASON, uuid_random_key(),
                 &args[SUBMIT_CREDIT_POLICY_REASON], &args[SUBMIT_CREDIT_POLICY_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

const struct handler submit_credit_policy_handler = {.bind = bind, .render = proposal_render};
