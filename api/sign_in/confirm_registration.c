/* POST /v1/registrations/{challenge_id}/confirm: registered and signed in, with a password if one is given. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/sign_in/owner.h"
#include "api/sign_in/redeem.h"

static void bind_redeem(struct request *request, struct call *call, const struct redeem *redeem)
{
    redeem_bind(request, call, redeem, request->args[CONFIRM_REGISTRATION_CHALLENGE_ID].uuid, "registration",
                "confirm_registration");
}

/* With a password two steps, whether or not the challenge belongs to somebody: its rules need the person's own data. */
static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct redeem *redeem =
        redeem_make(request, args[CONFIRM_REGISTRATION_CHALLENGE_ID].uuid, args[CONFIRM_REGISTRATION_CODE].text);
    if (redeem == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = redeem;
    if (!args[CONFIRM_REGISTRATION_PASSWORD].present) {
        bind_redeem(request, call, redeem);
        return PROBLEM_NONE;
    }
    redeem->password = args[CONFIRM_REGISTRATION_PASSWORD].text;
    call_init(call, STATEMENT_CHALLENGE_PERSON);
    call_uuid(call, CHALLENGE_PERSON_PARAM_CHALLENGE_ID, args[CONFIRM_REGISTRATION_CHALLENGE_ID].uuid);
    return PROBLEM_NONE;
}

static bool work(void *state)
{
    struct redeem *redeem = state;
    return password_derive(redeem->password, &redeem->params, &redeem->password_hash);
}

/* Whether the password will do is told only to whoever knows the code. */
static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    static const struct owner_columns columns = {.citizen_number = CHALLENGE_PERSON_COLUMN_CITIZEN_NUMBER_SEALED,
                                                 .name = CHALLENGE_PERSON_COLUMN_NAME_SEALED,
                                                 .phone = CHALLENGE_PERSON_COLUMN_PHONE_SEALED};
    struct redeem *redeem = request->state;
    struct secret_owner owner;
    if (rows->statement != STATEMENT_CHALLENGE_PERSON) {
        return PROBLEM_NONE;
    }
    struct uuid person_id = {0};
    if (!row_is_null(rows, 0, CHALLENGE_PERSON_COLUMN_PERSON_ID)) {
        person_id = row_uuid(rows, 0, CHALLENGE_PERSON_COLUMN_PERSON_ID);
    }
    if (!owner_open(request, person_id, rows, &columns, &owner) ||
        !password_params_new(api_keyring(), &redeem->params)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    secret_rules_check_password(request, "password", redeem->password, &owner);
    redeem->is_ready = request->faults_count == 0;
    bind_redeem(request, call, redeem);
    request->work = true;
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return redeem_is_absent(rows) ? PROBLEM_NOT_FOUND : redeem_render(request, rows, reply);
}

const struct handler confirm_registration_handler = {.bind = bind, .work = work, .proceed = proceed, .render = render};
