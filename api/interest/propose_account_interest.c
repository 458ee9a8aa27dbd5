/* POST /v1/admin/accounts/{account_id}/interest-settlements: proposes to post the interest of an account now. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid account_id = args[PROPOSE_ACCOUNT_INTEREST_ACCOUNT_ID].uuid;
    uint64_t key = uuid_key(account_id);
    propose_check_reason(request, &args[PROPOSE_ACCOUNT_INTEREST_REASON]);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_ACCOUNT_INTEREST_PROPOSE);
    call_uuid(call, ACCOUNT_INTEREST_PROPOSE_PARAM_PROPOSAL_ID, uuid_make(key));
    call_int(call, ACCOUNT_INTEREST_PROPOSE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, ACCOUNT_INTEREST_PROPOSE_PARAM_ACCOUNT_ID, account_id);
    access_bind_visible(request, call, ACCOUNT_INTEREST_PROPOSE_PARAM_VISIBLE);
    call_date(call, ACCOUNT_INTEREST_PROPOSE_PARAM_BUSINESS_DATE, clock_date_of(clock_business_us()));
    propose_bind(request, call, ACCOUNT_INTEREST_PROPOSE_PARAM_REASON, key, &args[PROPOSE_ACCOUNT_INTEREST_REASON],
                 &args[PROPOSE_ACCOUNT_INTEREST_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

const struct handler propose_account_interest_handler = {.bind = bind, .render = proposal_render};
