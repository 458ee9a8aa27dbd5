/* POST /v1/admin/proposals/{proposal_id}/reject: turns down what somebody else proposed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/proposals/close.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"

static enum problem bind(struct request *request, struct call *call)
{
    propose_check_reason(request, &request->args[REJECT_PROPOSAL_REASON]);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    proposal_bind_close(request, call, request->args[REJECT_PROPOSAL_PROPOSAL_ID].uuid, SPAN("rejected"),
                        &request->args[REJECT_PROPOSAL_REASON]);
    return PROBLEM_NONE;
}

const struct handler reject_proposal_handler = {.bind = bind, .render = proposal_render_decided};
