/* DELETE /v1/admin/tokens/{token_id}: ends a token; again changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "server/clock.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid token_id = request->args[REVOKE_TOKEN_TOKEN_ID].uuid;
    call_init(call, STATEMENT_TOKEN_REVOKE);
    call_uuid(call, TOKEN_REVOKE_PARAM_TOKEN_ID, token_id);
    access_bind_visible(request, call, TOKEN_REVOKE_PARAM_VISIBLE);
    call_uuid(call, TOKEN_REVOKE_PARAM_REVOKED_BY, request->principal.subject_id);
    call_instant(call, TOKEN_REVOKE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, TOKEN_REVOKE_PARAM_EVENT_ID, uuid_make(uuid_key(token_id)));
    call_text(call, TOKEN_REVOKE_PARAM_ACTOR_KIND, SPAN("staff"));
    call_text(call, TOKEN_REVOKE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (!span_equal(row_text(rows, 0, TOKEN_REVOKE_COLUMN_STATUS), SPAN("revoked"))) {
        return PROBLEM_NOT_FOUND;
    }
    reply->status = 204;
    return PROBLEM_NONE;
}

const struct handler revoke_token_handler = {.bind = bind, .render = render};
