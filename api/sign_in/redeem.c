/* A code for a session: what registration and signing in by text message share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/redeem.h"
#include "api/sign_in/code.h"

static void wipe(void *object)
{
    explicit_bzero(object, sizeof(struct redeem));
}

struct redeem *redeem_make(struct request *request, struct uuid challenge_id, struct span code)
{
    struct redeem *redeem = arena_alloc(request->arena, sizeof *redeem);
    if (redeem == NULL || !arena_defer(request->arena, wipe, redeem)) {
        return NULL;
    }
    redeem->is_ready = true;
    redeem->session = new_session_make(request);
    bool is_made = redeem->session != NULL && code_hash(request, challenge_id, code, &redeem->code_hash) &&
                   attempt_source(request, redeem->source);
    return is_made ? redeem : NULL;
}

static void bind_password(struct call *call, const struct redeem *redeem)
{
    if (redeem->password.length == 0) {
        return;
    }
    call_bytea(call, CHALLENGE_REDEEM_PARAM_SALT,
               (struct span){.bytes = (const char *)redeem->params.salt, .length = PASSWORD_SALT_BYTES});
    call_bytea(call, CHALLENGE_REDEEM_PARAM_HASH, password_hash_span(&redeem->password_hash));
    call_int(call, CHALLENGE_REDEEM_PARAM_LOG2_N, redeem->params.log2_n);
    call_int(call, CHALLENGE_REDEEM_PARAM_BLOCK_SIZE, redeem->params.block_size);
    call_int(call, CHALLENGE_REDEEM_PARAM_PARALLEL, redeem->params.parallel);
}

void redeem_bind(struct request *request, struct call *call, const struct redeem *redeem, struct uuid challenge_id,
                 const char *purpose, const char *action)
{
    const struct new_session *session = redeem->session;
    call_init(call, STATEMENT_CHALLENGE_REDEEM);
    call_uuid(call, CHALLENGE_REDEEM_PARAM_CHALLENGE_ID, challenge_id);
    call_text(call, CHALLENGE_REDEEM_PARAM_PURPOSE, span_of(purpose));
    call_bytea(call, CHALLENGE_REDEEM_PARAM_CODE_HASH, redeem->code_hash);
    call_bytea(call, CHALLENGE_REDEEM_PARAM_SOURCE, attempt_span(redeem->source));
    call_uuid(call, CHALLENGE_REDEEM_PARAM_ATTEMPT_ID, uuid_make(uuid_random_key()));
    call_bool(call, CHALLENGE_REDEEM_PARAM_IS_READY, redeem->is_ready);
    bind_password(call, redeem);
    call_uuid(call, CHALLENGE_REDEEM_PARAM_SESSION_ID, session->session_id);
    call_bytea(call, CHALLENGE_REDEEM_PARAM_TOKEN_HASH, new_session_hash(session->access_hash));
    call_uuid(call, CHALLENGE_REDEEM_PARAM_TOKEN_ID, session->token_id);
    call_bytea(call, CHALLENGE_REDEEM_PARAM_REFRESH_HASH, new_session_hash(session->refresh_hash));
    call_instant(call, CHALLENGE_REDEEM_PARAM_ACCESS_EXPIRES_AT, session->access_expires_at_us);
    call_instant(call, CHALLENGE_REDEEM_PARAM_IDLE_AT, session->idle_at_us);
    call_instant(call, CHALLENGE_REDEEM_PARAM_EXPIRES_AT, session->expires_at_us);
    call_instant(call, CHALLENGE_REDEEM_PARAM_INSTANT, session->now_us);
    call_uuid(call, CHALLENGE_REDEEM_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, CHALLENGE_REDEEM_PARAM_ACTION, span_of(action));
    call_text(call, CHALLENGE_REDEEM_PARAM_REQUEST_ID, span_of(request->request_id));
}

bool redeem_is_absent(const struct rows *rows)
{
    return span_equal(row_text(rows, 0, CHALLENGE_REDEEM_COLUMN_STATUS), SPAN("absent"));
}

enum problem redeem_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct redeem *redeem = request->state;
    struct span status = row_text(rows, 0, CHALLENGE_REDEEM_COLUMN_STATUS);
    if (span_equal(status, SPAN("closed"))) {
        return attempt_closed(request, reply, row_int(rows, 0, CHALLENGE_REDEEM_COLUMN_RETRY_AFTER_S));
    }
    if (span_equal(status, SPAN("right"))) {
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!span_equal(status, SPAN("open"))) {
        return PROBLEM_SIGN_IN_FAILED;
    }
    new_session_write_opened(reply, redeem->session, row_uuid(rows, 0, CHALLENGE_REDEEM_COLUMN_SESSION_ID),
                             row_uuid(rows, 0, CHALLENGE_REDEEM_COLUMN_PERSON_ID));
    return PROBLEM_NONE;
}
