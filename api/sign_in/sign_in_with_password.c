/* POST /v1/sign-in/password: a session for a password; nobody and somebody cost the same steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/sign_in/new_session.h"
#include "api/sign_in/who.h"
#include "server/auth/password.h"
#include "server/clock.h"

struct
try {
    struct who who;
    struct new_session *session;
    struct span password;
    struct password_params params;
    struct password_hash hash;
};

static void wipe(void *object)
{
    explicit_bzero(object, sizeof(struct try));
}

static const struct who_args args = {
    .citizen_number = SIGN_IN_WITH_PASSWORD_CITIZEN_NUMBER,
    .card_number = SIGN_IN_WITH_PASSWORD_CARD_NUMBER,
    .certificate_kind = WHO_NO_ARG,
};

static enum problem bind(struct request *request, struct call *call)
{
    struct try *try = arena_alloc(request->arena, sizeof *try);
    if (try == NULL || !arena_defer(request->arena, wipe, try)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = who_read(request, &args, SPAN(""), &try->who);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    request->state = try;
    try->password = request->args[SIGN_IN_WITH_PASSWORD_PASSWORD].text;
    call_init(call, STATEMENT_SIGN_IN_FIND);
    if (try->who.has_citizen_number) {
        call_bytea(call, SIGN_IN_FIND_PARAM_CITIZEN_HASH, attempt_span(try->who.citizen_hash));
    }
    if (try->who.has_card_number) {
        call_bytea(call, SIGN_IN_FIND_PARAM_CARD_HASH, attempt_span(try->who.card_hash));
    }
    call_bytea(call, SIGN_IN_FIND_PARAM_SUBJECT, attempt_span(try->who.subject));
    call_bytea(call, SIGN_IN_FIND_PARAM_TARGET, attempt_span(try->who.target));
    call_bytea(call, SIGN_IN_FIND_PARAM_SOURCE, attempt_span(try->who.source));
    call_instant(call, SIGN_IN_FIND_PARAM_INSTANT, clock_real_us());
    return PROBLEM_NONE;
}

static bool work(void *state)
{
    struct try *try = state;
    return password_derive(try->password, &try->params, &try->hash);
}

static bool choose_params(struct try *try, const struct rows *rows)
{
    /* In any case, so that nobody and somebody take the same time. */
    if (!password_params_decoy(api_keyring(), attempt_span(try->who.subject), &try->params)) {
        return false;
    }
    if (row_is_null(rows, 0, SIGN_IN_FIND_COLUMN_SALT)) {
        return true;
    }
    memcpy(try->params.salt, row_text(rows, 0, SIGN_IN_FIND_COLUMN_SALT).bytes, PASSWORD_SALT_BYTES);
    try->params.log2_n = (uint8_t)row_int(rows, 0, SIGN_IN_FIND_COLUMN_LOG2_N);
    try->params.block_size = (uint8_t)row_int(rows, 0, SIGN_IN_FIND_COLUMN_BLOCK_SIZE);
    try->params.parallel = (uint8_t)row_int(rows, 0, SIGN_IN_FIND_COLUMN_PARALLEL);
    return true;
}

static void bind_try(struct request *request, struct call *call, const struct try *try)
{
    const struct new_session *session = try->session;
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_SALT,
               (struct span){.bytes = (const char *)try->params.salt, .length = PASSWORD_SALT_BYTES});
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_HASH, password_hash_span(&try->hash));
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_SUBJECT, attempt_span(try->who.subject));
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_TARGET, attempt_span(try->who.target));
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_SOURCE, attempt_span(try->who.source));
    call_uuid(call, SIGN_IN_PASSWORD_PARAM_ATTEMPT_ID, uuid_make(uuid_random_key()));
    call_uuid(call, SIGN_IN_PASSWORD_PARAM_SESSION_ID, session->session_id);
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_TOKEN_HASH, new_session_hash(session->access_hash));
    call_uuid(call, SIGN_IN_PASSWORD_PARAM_TOKEN_ID, session->token_id);
    call_bytea(call, SIGN_IN_PASSWORD_PARAM_REFRESH_HASH, new_session_hash(session->refresh_hash));
    call_instant(call, SIGN_IN_PASSWORD_PARAM_ACCESS_EXPIRES_AT, session->access_expires_at_us);
    call_instant(call, SIGN_IN_PASSWORD_PARAM_IDLE_AT, session->idle_at_us);
    call_instant(call, SIGN_IN_PASSWORD_PARAM_EXPIRES_AT, session->expires_at_us);
    call_instant(call, SIGN_IN_PASSWORD_PARAM_INSTANT, session->now_us);
    call_uuid(call, SIGN_IN_PASSWORD_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, SIGN_IN_PASSWORD_PARAM_REQUEST_ID, span_of(request->request_id));
}

static enum problem proceed(struct request *request, const struct rows *rows, struct call *call)
{
    struct try *try = request->state;
    if (rows->statement != STATEMENT_SIGN_IN_FIND || row_int(rows, 0, SIGN_IN_FIND_COLUMN_RETRY_AFTER_S) > 0) {
        return PROBLEM_NONE;
    }
    try->session = new_session_make(request);
    if (try->session == NULL || !choose_params(try, rows)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_SIGN_IN_PASSWORD);
    if (!row_is_null(rows, 0, SIGN_IN_FIND_COLUMN_PERSON_KEY)) {
        call_int(call, SIGN_IN_PASSWORD_PARAM_PERSON_KEY, row_int(rows, 0, SIGN_IN_FIND_COLUMN_PERSON_KEY));
    }
    bind_try(request, call, try);
    request->work = true;
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct try *try = request->state;
    if (rows->statement == STATEMENT_SIGN_IN_FIND) {
        return attempt_closed(request, reply, row_int(rows, 0, SIGN_IN_FIND_COLUMN_RETRY_AFTER_S));
    }
    struct span status = row_text(rows, 0, SIGN_IN_PASSWORD_COLUMN_STATUS);
    if (span_equal(status, SPAN("closed"))) {
        return attempt_closed(request, reply, row_int(rows, 0, SIGN_IN_PASSWORD_COLUMN_RETRY_AFTER_S));
    }
    if (!span_equal(status, SPAN("open"))) {
        return PROBLEM_SIGN_IN_FAILED;
    }
    new_session_write_opened(reply, try->session, row_uuid(rows, 0, SIGN_IN_PASSWORD_COLUMN_SESSION_ID),
                             row_uuid(rows, 0, SIGN_IN_PASSWORD_COLUMN_PERSON_ID));
    return PROBLEM_NONE;
}

const struct handler sign_in_with_password_handler = {.bind = bind, .work = work, .proceed = proceed, .render = render};
