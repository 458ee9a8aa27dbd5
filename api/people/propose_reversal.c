/* POST /v1/admin/people/{person_id}/contributions/{contribution_id}/reversal-proposals: proposes to take one back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid person_id = args[PROPOSE_REVERSAL_PERSON_ID].uuid;
    uint64_t key = uuid_key(person_id);
    propose_check_reason(request, &args[PROPOSE_REVERSAL_REASON]);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_REVERSAL_PROPOSE);
    call_uuid(call, REVERSAL_PROPOSE_PARAM_PROPOSAL_ID, uuid_make(key));
    call_int(call, REVERSAL_PROPOSE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, REVERSAL_PROPOSE_PARAM_PERSON_ID, person_id);
    call_uuid(call, REVERSAL_PROPOSE_PARAM_CONTRIBUTION_ID, args[PROPOSE_REVERSAL_CONTRIBUTION_ID].uuid);
    access_bind_visible(request, call, REVERSAL_PROPOSE_PARAM_VISIBLE);
    propose_bind(request, call, REVERSAL_PROPOSE_PARAM_REASON, key, &args[PROPOSE_REVERSAL_REASON],
                 &args[PROPOSE_REVERSAL_SOURCE_DOCUMENT]);
    return PROBLEM_NONE;
}

const struct handler propose_reversal_handler = {.bind = bind, .render = proposal_render};
