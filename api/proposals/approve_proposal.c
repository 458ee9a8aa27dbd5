/* POST /v1/admin/proposals/{proposal_id}/approve: applies what somebody else proposed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid proposal_id = request->args[APPROVE_PROPOSAL_PROPOSAL_ID].uuid;
    call_init(call, STATEMENT_PROPOSAL_APPROVE);
    call_uuid(call, PROPOSAL_APPROVE_PARAM_PROPOSAL_ID, proposal_id);
    access_bind_visible(request, call, PROPOSAL_APPROVE_PARAM_VISIBLE);
    call_uuid(call, PROPOSAL_APPROVE_PARAM_DECIDED_BY, request->principal.subject_id);
    call_instant(call, PROPOSAL_APPROVE_PARAM_DECIDED_AT, clock_real_us());
    call_instant(call, PROPOSAL_APPROVE_PARAM_BUSINESS_INSTANT, clock_business_us());
    call_uuid(call, PROPOSAL_APPROVE_PARAM_EVENT_ID, uuid_make(uuid_key(proposal_id)));
    call_text(call, PROPOSAL_APPROVE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

const struct handler approve_proposal_handler = {.bind = bind, .render = proposal_render_decided};
