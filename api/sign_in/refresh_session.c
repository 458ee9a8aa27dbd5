/* POST /v1/sessions/refresh: the next tokens of a session. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/sign_in/attempt.h"
#include "api/sign_in/new_session.h"

struct refresh {
    struct new_session *session;
    uint8_t hash[TOKEN_HASH_BYTES];
};

static enum problem bind(struct request *request, struct call *call)
{
    struct span token = request->args[REFRESH_SESSION_REFRESH_TOKEN].text;
    struct refresh *refresh = arena_alloc(request->arena, sizeof *refresh);
    if (refresh == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (!token_check_refresh(token)) {
        return PROBLEM_SIGN_IN_FAILED;
    }
    refresh->session = new_session_make(request);
    if (refresh->session == NULL || !token_hash(token, refresh->hash)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = refresh;
    const struct new_session *session = refresh->session;
    call_init(call, STATEMENT_SESSION_REFRESH);
    call_bytea(call, SESSION_REFRESH_PARAM_REFRESH_HASH, new_session_hash(refresh->hash));
    call_bytea(call, SESSION_REFRESH_PARAM_NEW_REFRESH_HASH, new_session_hash(session->refresh_hash));
    call_bytea(call, SESSION_REFRESH_PARAM_TOKEN_HASH, new_session_hash(session->access_hash));
    call_uuid(call, SESSION_REFRESH_PARAM_TOKEN_ID, session->token_id);
    call_instant(call, SESSION_REFRESH_PARAM_ACCESS_EXPIRES_AT, session->access_expires_at_us);
    call_instant(call, SESSION_REFRESH_PARAM_IDLE_AT, session->idle_at_us);
    call_int(call, SESSION_REFRESH_PARAM_GRACE_S, api_session_times()->grace_us / 1000000);
    call_int(call, SESSION_REFRESH_PARAM_REPEATS_MAX, LIMIT_REFRESH_REPEATS);
    call_instant(call, SESSION_REFRESH_PARAM_INSTANT, session->now_us);
    call_uuid(call, SESSION_REFRESH_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, SESSION_REFRESH_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct refresh *refresh = request->state;
    struct span status = row_text(rows, 0, SESSION_REFRESH_COLUMN_STATUS);
    if (span_equal(status, SPAN("busy"))) {
        return PROBLEM_OVERLOADED;
    }
    if (span_equal(status, SPAN("too_many"))) {
        return attempt_closed(request, reply, row_int(rows, 0, SESSION_REFRESH_COLUMN_RETRY_AFTER_S));
    }
    if (!span_equal(status, SPAN("refreshed"))) {
        return PROBLEM_SIGN_IN_FAILED;
    }
    new_session_write(reply, refresh->session, row_uuid(rows, 0, SESSION_REFRESH_COLUMN_SESSION_ID),
                      row_uuid(rows, 0, SESSION_REFRESH_COLUMN_PERSON_ID),
                      row_instant(rows, 0, SESSION_REFRESH_COLUMN_ACCESS_EXPIRES_AT),
                      row_instant(rows, 0, SESSION_REFRESH_COLUMN_REFRESH_EXPIRES_AT));
    return PROBLEM_NONE;
}

const struct handler refresh_session_handler = {.bind = bind, .render = render};
