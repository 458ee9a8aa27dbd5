/* POST /v1/me/sms-codes: a code to the phone on file, to set a password or PIN with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/code.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->principal.subject_id;
    struct code_request *asked = arena_alloc(request->arena, sizeof *asked);
    struct span id = {.bytes = (const char *)person_id.bytes, .length = sizeof person_id.bytes};
    if (asked == NULL || !attempt_hash("person", id, asked->who.subject) ||
        !attempt_source(request, asked->who.source)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    memcpy(asked->who.target, asked->who.subject, sizeof asked->who.target);
    enum problem problem = code_bind(request, call, CODE_STEP_UP, asked);
    if (problem == PROBLEM_NONE) {
        call_int(call, CHALLENGE_BEGIN_PARAM_SIGNED_IN_KEY, (int64_t)uuid_key(person_id));
    }
    return problem;
}

const struct handler send_my_code_handler = {.bind = bind, .render = code_render};
