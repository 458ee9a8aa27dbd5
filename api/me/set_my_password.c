/* PUT /v1/me/password: a new password; every other session ends. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/new_secret.h"

static const struct new_secret_kind kind = {
    .kind = "password",
    .field = "new_password",
    .secret_arg = SET_MY_PASSWORD_NEW_PASSWORD,
    .current_password_arg = SET_MY_PASSWORD_CURRENT_PASSWORD,
    .challenge_id_arg = SET_MY_PASSWORD_CHALLENGE_ID,
    .code_arg = SET_MY_PASSWORD_CODE,
    .check = secret_rules_check_password,
};

static enum problem bind(struct request *request, struct call *call)
{
    return new_secret_bind(request, call, &kind);
}

const struct handler set_my_password_handler = {
    .bind = bind, .work = new_secret_work, .proceed = new_secret_proceed, .render = new_secret_render};
