/* POST /v1/sign-in/sms: a session for a code. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/redeem.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid challenge_id = request->args[SIGN_IN_WITH_CODE_CHALLENGE_ID].uuid;
    struct redeem *redeem = redeem_make(request, challenge_id, request->args[SIGN_IN_WITH_CODE_CODE].text);
    if (redeem == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = redeem;
    redeem_bind(request, call, redeem, challenge_id, "sign_in", "sign_in_with_code");
    return PROBLEM_NONE;
}

const struct handler sign_in_with_code_handler = {.bind = bind, .render = redeem_render};
