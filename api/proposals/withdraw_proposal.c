/* POST /v1/admin/proposals/{proposal_id}/withdraw: takes back what the caller proposed. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/proposals/close.h"
#include "api/proposals/proposal.h"

static enum problem bind(struct request *request, struct call *call)
{
    proposal_bind_close(request, call, request->args[WITHDRAW_PROPOSAL_PROPOSAL_ID].uuid, SPAN("withdrawn"), NULL);
    return PROBLEM_NONE;
}

const struct handler withdraw_proposal_handler = {.bind = bind, .render = proposal_render_decided};
