/* GET /v1/admin/credit-policies/{policy_id}: one version of a plan. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credit_policies/credit_policy.h"

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CREDIT_POLICY_GET);
    call_uuid(call, CREDIT_POLICY_GET_PARAM_POLICY_ID, request->args[GET_CREDIT_POLICY_POLICY_ID].uuid);
    access_bind_visible(request, call, CREDIT_POLICY_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

const struct handler get_credit_policy_handler = {.bind = bind, .render = credit_policy_render};
