/* DELETE /v1/me/sessions/{session_id}: signs out of one session; again changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/session_end.h"

static enum problem bind(struct request *request, struct call *call)
{
    session_end_bind(request, call);
    call_uuid(call, SESSION_END_PARAM_SESSION_ID, request->args[END_MY_SESSION_SESSION_ID].uuid);
    return PROBLEM_NONE;
}

const struct handler end_my_session_handler = {.bind = bind, .render = session_end_render};
