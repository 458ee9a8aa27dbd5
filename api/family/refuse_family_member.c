/* POST /v1/family-members/{family_member_id}/refusal: the relative does not want to share an account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/step.h"

static enum problem bind(struct request *request, struct call *call)
{
    return step_bind(request, STATEMENT_FAMILY_MEMBER_REFUSE, REFUSE_FAMILY_MEMBER_FAMILY_MEMBER_ID,
                     REFUSE_FAMILY_MEMBER_IDEMPOTENCY_KEY, call);
}

const struct handler refuse_family_member_handler = {.bind = bind, .render = step_render};
