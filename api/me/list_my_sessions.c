/* GET /v1/me/sessions: the sessions that are open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "server/clock.h"

static const struct field session_fields[] = {
    {"session_id", SESSION_LIST_COLUMN_SESSION_ID, FIELD_PLAIN},
    {"method", SESSION_LIST_COLUMN_METHOD, FIELD_PLAIN},
    {"created_at", SESSION_LIST_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"used_at", SESSION_LIST_COLUMN_USED_AT, FIELD_PLAIN},
    {"refresh_expires_at", SESSION_LIST_COLUMN_IDLE_AT, FIELD_PLAIN},
    {"expires_at", SESSION_LIST_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"is_current", SESSION_LIST_COLUMN_IS_CURRENT, FIELD_PLAIN},
};

static const struct list sessions = {
    .fields = session_fields, .fields_count = sizeof session_fields / sizeof *session_fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_SESSION_LIST);
    call_int(call, SESSION_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_uuid(call, SESSION_LIST_PARAM_TOKEN_ID, request->principal.token_id);
    call_instant(call, SESSION_LIST_PARAM_INSTANT, clock_real_us());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    list_write_whole(&sessions, rows, reply);
    return PROBLEM_NONE;
}

const struct handler list_my_sessions_handler = {.bind = bind, .render = render};
