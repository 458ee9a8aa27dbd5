/* POST /v1/family-members/{family_member_id}/end: either side ends sharing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/step.h"

static enum problem bind(struct request *request, struct call *call)
{
    return step_bind(request, STATEMENT_FAMILY_MEMBER_END, END_FAMILY_MEMBER_FAMILY_MEMBER_ID,
                     END_FAMILY_MEMBER_IDEMPOTENCY_KEY, call);
}

const struct handler end_family_member_handler = {.bind = bind, .render = step_render};
