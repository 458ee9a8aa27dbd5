/* PUT /v1/me/pin: six digits for the hotline and terminals. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/new_secret.h"

static const struct new_secret_kind kind = {
    .kind = "pin",
    .field = "new_pin",
    .secret_arg = SET_MY_PIN_NEW_PIN,
    .current_password_arg = SET_MY_PIN_CURRENT_PASSWORD,
    .challenge_id_arg = SET_MY_PIN_CHALLENGE_ID,
    .code_arg = SET_MY_PIN_CODE,
    .check = secret_rules_check_pin,
};

static enum problem bind(struct request *request, struct call *call)
{
    return new_secret_bind(request, call, &kind);
}

const struct handler set_my_pin_handler = {
    .bind = bind, .work = new_secret_work, .proceed = new_secret_proceed, .render = new_secret_render};
