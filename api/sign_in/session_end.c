/* Signing out: what the two operations share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/session_end.h"
#include "server/clock.h"

void session_end_bind(struct request *request, struct call *call)
{
    uint64_t person_key = uuid_key(request->principal.subject_id);
    call_init(call, STATEMENT_SESSION_END);
    call_int(call, SESSION_END_PARAM_PERSON_KEY, (int64_t)person_key);
    call_instant(call, SESSION_END_PARAM_INSTANT, clock_real_us());
    call_uuid(call, SESSION_END_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, SESSION_END_PARAM_REQUEST_ID, span_of(request->request_id));
}

enum problem session_end_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (!span_equal(row_text(rows, 0, SESSION_END_COLUMN_STATUS), SPAN("ended"))) {
        return PROBLEM_NOT_FOUND;
    }
    reply->status = 204;
    return PROBLEM_NONE;
}
