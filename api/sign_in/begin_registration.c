/* POST /v1/registrations: a code to the phone on file when name, citizen number and card are those of one record. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sealed.h"
#include "api/sign_in/code.h"

static const struct who_args args = {
    .citizen_number = BEGIN_REGISTRATION_CITIZEN_NUMBER,
    .card_number = BEGIN_REGISTRATION_CARD_NUMBER,
    .certificate_kind = BEGIN_REGISTRATION_CERTIFICATE_KIND,
    .certificate_number = BEGIN_REGISTRATION_CERTIFICATE_NUMBER,
};

static enum problem bind(struct request *request, struct call *call)
{
    struct span name = request->args[BEGIN_REGISTRATION_NAME].text;
    struct code_request *asked = arena_alloc(request->arena, sizeof *asked);
    if (asked == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = who_read(request, &args, name, &asked->who);
    struct span name_items;
    if (problem == PROBLEM_NONE && !sealed_hash_items(request, KEY_HASH_NAME, name, &name_items)) {
        problem = PROBLEM_INTERNAL_ERROR;
    }
    if (problem == PROBLEM_NONE) {
        problem = code_bind(request, call, CODE_REGISTRATION, asked);
    }
    if (problem == PROBLEM_NONE) {
        call_bytea(call, CHALLENGE_BEGIN_PARAM_NAME_HASH, name_items);
    }
    return problem;
}

const struct handler begin_registration_handler = {.bind = bind, .render = code_render};
