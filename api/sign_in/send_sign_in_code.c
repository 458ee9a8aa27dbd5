/* POST /v1/sign-in/codes: a code to the phone on file of whoever is meant and has registered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/code.h"

static const struct who_args args = {
    .citizen_number = SEND_SIGN_IN_CODE_CITIZEN_NUMBER,
    .card_number = SEND_SIGN_IN_CODE_CARD_NUMBER,
    .certificate_kind = WHO_NO_ARG,
};

static enum problem bind(struct request *request, struct call *call)
{
    struct code_request *asked = arena_alloc(request->arena, sizeof *asked);
    if (asked == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = who_read(request, &args, SPAN(""), &asked->who);
    return problem == PROBLEM_NONE ? code_bind(request, call, CODE_SIGN_IN, asked) : problem;
}

const struct handler send_sign_in_code_handler = {.bind = bind, .render = code_render};
