/* DELETE /v1/me/sessions: signs out everywhere, this session too. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/session_end.h"

static enum problem bind(struct request *request, struct call *call)
{
    session_end_bind(request, call);
    return PROBLEM_NONE;
}

const struct handler end_my_sessions_handler = {.bind = bind, .render = session_end_render};
