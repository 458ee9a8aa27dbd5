/* Ends a proposal without applying it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/proposals/close.h"
#include "api/access.h"
#include "server/clock.h"

void proposal_bind_close(struct request *request, struct call *call, struct uuid proposal_id, struct span state,
                         const struct arg *reason)
{
    call_init(call, STATEMENT_PROPOSAL_CLOSE);
    call_uuid(call, PROPOSAL_CLOSE_PARAM_PROPOSAL_ID, proposal_id);
    access_bind_visible(request, call, PROPOSAL_CLOSE_PARAM_VISIBLE);
    call_text(call, PROPOSAL_CLOSE_PARAM_STATE, state);
    call_uuid(call, PROPOSAL_CLOSE_PARAM_DECIDED_BY, request->principal.subject_id);
    if (reason != NULL && reason->present) {
        call_text(call, PROPOSAL_CLOSE_PARAM_REASON, reason->text);
    }
    call_instant(call, PROPOSAL_CLOSE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, PROPOSAL_CLOSE_PARAM_EVENT_ID, uuid_make(uuid_key(proposal_id)));
    call_text(call, PROPOSAL_CLOSE_PARAM_REQUEST_ID, span_of(request->request_id));
}
