/* DELETE /v1/me/consents/{consent_id}: takes a consent back; again changes nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->principal.subject_id;
    call_init(call, STATEMENT_CONSENT_REVOKE);
    call_uuid(call, CONSENT_REVOKE_PARAM_PERSON_ID, person_id);
    call_int(call, CONSENT_REVOKE_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, CONSENT_REVOKE_PARAM_CONSENT_ID, request->args[REVOKE_CONSENT_CONSENT_ID].uuid);
    call_instant(call, CONSENT_REVOKE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, CONSENT_REVOKE_PARAM_EVENT_ID, uuid_make(uuid_key(person_id)));
    call_text(call, CONSENT_REVOKE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (!span_equal(row_text(rows, 0, CONSENT_REVOKE_COLUMN_STATUS), SPAN("revoked"))) {
        return PROBLEM_NOT_FOUND;
    }
    reply->status = 204;
    return PROBLEM_NONE;
}

const struct handler revoke_consent_handler = {.bind = bind, .render = render};
