/* Setting a password or PIN: what the two operations share. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sign_in/new_secret.h"
#include "api/api.h"
#include "api/sign_in/attempt.h"
#include "api/sign_in/code.h"
#include "api/sign_in/owner.h"
#include "server/auth/password.h"
#include "server/clock.h"

struct new_secret {
    const struct new_secret_kind *kind;
    struct span secret;
    struct span current; /* empty: proved by a code */
    struct password_params params, current_params;
    struct password_hash hash, current_hash;
    struct span code_hash;
    uint8_t subject[KEYED_HASH_BYTES];
    uint8_t source[KEYED_HASH_BYTES];
    int64_t now_us;
};

static void wipe(void *object)
{
    explicit_bzero(object, sizeof(struct new_secret));
}

static void need(struct request *request, int arg, const char *name, bool wanted)
{
    if (request->args[arg].present != wanted) {
        request_fault(request, ARG_BODY, name, wanted ? "required" : "not_allowed", NULL);
    }
}

/* The current password, or a challenge with its code. */
static bool check_proof(struct request *request, const struct new_secret_kind *kind)
{
    bool by_code = request->args[kind->challenge_id_arg].present || request->args[kind->code_arg].present;
    need(request, kind->current_password_arg, "current_password", !by_code);
    need(request, kind->challenge_id_arg, "challenge_id", by_code);
    need(request, kind->code_arg, "code", by_code);
    return request->faults_count == 0;
}

static struct new_secret *make(struct request *request, const struct new_secret_kind *kind)
{
    const struct arg *args = request->args;
    struct uuid person_id = request->principal.subject_id;
    struct new_secret *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL || !arena_defer(request->arena, wipe, made)) {
        return NULL;
    }
    made->kind = kind;
    made->now_us = clock_real_us();
    made->secret = args[kind->secret_arg].text;
    if (args[kind->current_password_arg].present) {
        made->current = args[kind->current_password_arg].text;
    } else if (!code_hash(request, args[kind->challenge_id_arg].uuid, args[kind->code_arg].text, &made->code_hash)) {
        return NULL;
    }
    struct span id = {.bytes = (const char *)person_id.bytes, .length = sizeof person_id.bytes};
    return attempt_hash("person", id, made->subject) && attempt_source(request, made->source) ? made : NULL;
}

enum problem new_secret_bind(struct request *request, struct call *call, const struct new_secret_kind *kind)
{
    if (!check_proof(request, kind)) {
        return PROBLEM_VALIDATION_FAILED;
    }
    struct new_secret *made = make(request, kind);
    if (made == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = made;
    call_init(call, STATEMENT_CREDENTIAL_FIND);
    call_int(call, CREDENTIAL_FIND_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_uuid(call, CREDENTIAL_FIND_PARAM_PERSON_ID, request->principal.subject_id);
    call_text(call, CREDENTIAL_FIND_PARAM_KIND, made->current.length > 0 ? SPAN("password") : SPAN("code"));
    call_bytea(call, CREDENTIAL_FIND_PARAM_SUBJECT, attempt_span(made->subject));
    call_bytea(call, CREDENTIAL_FIND_PARAM_SOURCE, attempt_span(made->source));
    call_instant(call, CREDENTIAL_FIND_PARAM_INSTANT, made->now_us);
    return PROBLEM_NONE;
}

bool new_secret_work(void *state)
{
    struct new_secret *made = state;
    return password_derive(made->secret, &made->params, &made->hash) &&
           (made->current.length == 0 || password_derive(made->current, &made->current_params, &made->current_hash));
}

static bool choose_params(struct new_secret *made, const struct rows *rows)
{
    if (!password_params_new(api_keyring(), &made->params) ||
        !password_params_decoy(api_keyring(), attempt_span(made->subject), &made->current_params)) {
        return false;
    }
    if (!row_is_null(rows, 0, CREDENTIAL_FIND_COLUMN_SALT)) {
        memcpy(made->current_params.salt, row_text(rows, 0, CREDENTIAL_FIND_COLUMN_SALT).bytes, PASSWORD_SALT_BYTES);
        made->current_params.log2_n = (uint8_t)row_int(rows, 0, CREDENTIAL_FIND_COLUMN_LOG2_N);
        made->current_params.block_size = (uint8_t)row_int(rows, 0, CREDENTIAL_FIND_COLUMN_BLOCK_SIZE);
        made->current_params.parallel = (uint8_t)row_int(rows, 0, CREDENTIAL_FIND_COLUMN_PARALLEL);
    }
    return true;
}

static struct span salt_span(const struct password_params *params)
{
    return (struct span){.bytes = (const char *)params->salt, .length = PASSWORD_SALT_BYTES};
}

static void bind_proof(struct request *request, struct call *call, const struct new_secret *made)
{
    if (made->current.length > 0) {
        call_bytea(call, CREDENTIAL_SET_PARAM_PROOF_SALT, salt_span(&made->current_params));
        call_bytea(call, CREDENTIAL_SET_PARAM_PROOF_HASH, password_hash_span(&made->current_hash));
        return;
    }
    call_uuid(call, CREDENTIAL_SET_PARAM_CHALLENGE_ID, request->args[made->kind->challenge_id_arg].uuid);
    call_bytea(call, CREDENTIAL_SET_PARAM_CODE_HASH, made->code_hash);
}

static void bind_set(struct request *request, struct call *call, const struct new_secret *made)
{
    uint64_t person_key = uuid_key(request->principal.subject_id);
    call_init(call, STATEMENT_CREDENTIAL_SET);
    call_int(call, CREDENTIAL_SET_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, CREDENTIAL_SET_PARAM_PERSON_ID, request->principal.subject_id);
    call_text(call, CREDENTIAL_SET_PARAM_KIND, span_of(made->kind->kind));
    bind_proof(request, call, made);
    call_bytea(call, CREDENTIAL_SET_PARAM_SUBJECT, attempt_span(made->subject));
    call_bytea(call, CREDENTIAL_SET_PARAM_SOURCE, attempt_span(made->source));
    call_uuid(call, CREDENTIAL_SET_PARAM_ATTEMPT_ID, uuid_make(uuid_random_key()));
    call_bool(call, CREDENTIAL_SET_PARAM_IS_READY, request->faults_count == 0);
    call_bytea(call, CREDENTIAL_SET_PARAM_SALT, salt_span(&made->params));
    call_bytea(call, CREDENTIAL_SET_PARAM_HASH, password_hash_span(&made->hash));
    call_int(call, CREDENTIAL_SET_PARAM_LOG2_N, made->params.log2_n);
    call_int(call, CREDENTIAL_SET_PARAM_BLOCK_SIZE, made->params.block_size);
    call_int(call, CREDENTIAL_SET_PARAM_PARALLEL, made->params.parallel);
    call_uuid(call, CREDENTIAL_SET_PARAM_TOKEN_ID, request->principal.token_id);
    call_instant(call, CREDENTIAL_SET_PARAM_INSTANT, made->now_us);
    call_uuid(call, CREDENTIAL_SET_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, CREDENTIAL_SET_PARAM_REQUEST_ID, span_of(request->request_id));
}

/* Whether the new secret will do is told only to whoever has proved who they are. */
enum problem new_secret_proceed(struct request *request, const struct rows *rows, struct call *call)
{
    static const struct owner_columns columns = {.citizen_number = CREDENTIAL_FIND_COLUMN_CITIZEN_NUMBER_SEALED,
                                                 .name = CREDENTIAL_FIND_COLUMN_NAME_SEALED,
                                                 .phone = CREDENTIAL_FIND_COLUMN_PHONE_SEALED};
    struct new_secret *made = request->state;
    struct secret_owner owner;
    if (rows->statement != STATEMENT_CREDENTIAL_FIND || rows->count == 0 ||
        row_int(rows, 0, CREDENTIAL_FIND_COLUMN_RETRY_AFTER_S) > 0) {
        return PROBLEM_NONE;
    }
    if (!owner_open(request, request->principal.subject_id, rows, &columns, &owner) || !choose_params(made, rows)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    made->kind->check(request, made->kind->field, made->secret, &owner);
    bind_set(request, call, made);
    request->work = true;
    return PROBLEM_NONE;
}

enum problem new_secret_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_UNAUTHENTICATED; /* removed within the second for which the token was believed */
    }
    if (rows->statement == STATEMENT_CREDENTIAL_FIND) {
        return attempt_closed(request, reply, row_int(rows, 0, CREDENTIAL_FIND_COLUMN_RETRY_AFTER_S));
    }
    struct span status = row_text(rows, 0, CREDENTIAL_SET_COLUMN_STATUS);
    if (span_equal(status, SPAN("closed"))) {
        return attempt_closed(request, reply, row_int(rows, 0, CREDENTIAL_SET_COLUMN_RETRY_AFTER_S));
    }
    if (span_equal(status, SPAN("right"))) {
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!span_equal(status, SPAN("set"))) {
        return PROBLEM_SIGN_IN_FAILED;
    }
    reply->status = 204;
    return PROBLEM_NONE;
}
