/* GET /v1/admin/proposals/{proposal_id}: what would change, and what became of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/proposals/proposal.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid proposal_id = request->args[GET_PROPOSAL_PROPOSAL_ID].uuid;
    enum problem problem = access_ask(request, proposal_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PROPOSAL_GET);
    call_uuid(call, PROPOSAL_GET_PARAM_PROPOSAL_ID, proposal_id);
    access_bind_visible(request, call, PROPOSAL_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

const struct handler get_proposal_handler = {.bind = bind, .render = proposal_render};
