/* Looks the number up, verifies the PIN on a crypto thread, counts the attempt, then asks. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/caller.h"
#include "api/access.h"
#include "api/api.h"
#include "api/hotline/keyed_in.h"
#include "api/sign_in/attempt.h"
#include "server/auth/password.h"
#include "server/clock.h"
#include <assert.h>
#include <openssl/crypto.h>

enum caller_state { CALLER_UNJUDGED, CALLER_CLOSED, CALLER_WRONG, CALLER_VERIFIED };

struct caller {
    enum caller_state state;
    int64_t retry_after_s; /* when closed */
    struct keyed_in keyed_in;
    uint8_t citizen_hash[KEYED_HASH_BYTES], card_hash[KEYED_HASH_BYTES];
    uint8_t subject[KEYED_HASH_BYTES], source[KEYED_HASH_BYTES];
    bool is_known;
    int64_t person_key;
    struct uuid person_id;
    bool has_pin; /* stored; else the work is done with a salt of nobody's */
    uint8_t stored[KEYED_HASH_BYTES];
    unsigned pepper_version; /* of `stored` */
    struct password_params params;
    bool is_right;
};

static void wipe(void *object)
{
    struct caller *caller = object;
    OPENSSL_cleanse(&caller->keyed_in, sizeof caller->keyed_in);
}

static bool hash_all(struct caller *caller)
{
    const struct keyring *keyring = api_keyring();
    const struct keyed_in *keyed_in = &caller->keyed_in;
    struct span number = span_of(keyed_in->number);
    return keyring_hash(keyring, KEY_HASH_CITIZEN_NUMBER, number, caller->citizen_hash) &&
           keyring_hash(keyring, KEY_HASH_CARD_NUMBER, span_of(keyed_in->digits), caller->card_hash) &&
           attempt_hash(keyed_in->is_citizen_number ? "citizen_number" : "card_number", number, caller->subject) &&
           attempt_hash(keyed_in->source_kind, span_of(keyed_in->source), caller->source);
}

static void bind_lookup(struct request *request, struct caller *caller, struct call *call)
{
    call_init(call, STATEMENT_HOTLINE_CALLER);
    call_bytea(call, HOTLINE_CALLER_PARAM_CITIZEN_HASH, attempt_span(caller->citizen_hash));
    call_bytea(call, HOTLINE_CALLER_PARAM_CARD_HASH, attempt_span(caller->card_hash));
    call_bytea(call, HOTLINE_CALLER_PARAM_SUBJECT, attempt_span(caller->subject));
    call_bytea(call, HOTLINE_CALLER_PARAM_SOURCE, attempt_span(caller->source));
    access_bind_visible(request, call, HOTLINE_CALLER_PARAM_VISIBLE);
    call_instant(call, HOTLINE_CALLER_PARAM_AT, clock_real_us());
}

enum problem caller_bind(struct request *request, const struct caller_args *args, struct call *call)
{
    struct caller *caller = arena_alloc(request->arena, sizeof *caller);
    if (caller == NULL || !arena_defer(request->arena, wipe, caller)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    request->state = caller;
    if (!keyed_in_read(request, args, &caller->keyed_in)) {
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!hash_all(caller)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    bind_lookup(request, caller, call);
    return PROBLEM_NONE;
}

/* Whoever has no PIN is verified against one that nobody has, so that it takes as long. */
static bool take_pin(struct caller *caller, const struct rows *rows)
{
    struct span salt = row_text(rows, 0, HOTLINE_CALLER_COLUMN_SALT);
    struct span hash = row_text(rows, 0, HOTLINE_CALLER_COLUMN_HASH);
    if (!password_params_decoy(api_keyring(), attempt_span(caller->subject), &caller->params)) {
        return false;
    }
    caller->has_pin = salt.length == sizeof caller->params.salt && hash.length == sizeof caller->stored;
    caller->pepper_version = 1;
    if (!caller->has_pin) {
        return true;
    }
    memcpy(caller->params.salt, salt.bytes, salt.length);
    memcpy(caller->stored, hash.bytes, hash.length);
    caller->pepper_version = (unsigned)row_int(rows, 0, HOTLINE_CALLER_COLUMN_PEPPER_VERSION);
    caller->params.log2_n = (uint8_t)row_int(rows, 0, HOTLINE_CALLER_COLUMN_LOG2_N);
    caller->params.block_size = (uint8_t)row_int(rows, 0, HOTLINE_CALLER_COLUMN_BLOCK_SIZE);
    caller->params.parallel = (uint8_t)row_int(rows, 0, HOTLINE_CALLER_COLUMN_PARALLEL);
    return true;
}

static enum problem take_lookup(struct request *request, const struct rows *rows)
{
    struct caller *caller = request->state;
    caller->retry_after_s = row_int(rows, 0, HOTLINE_CALLER_COLUMN_RETRY_AFTER_S);
    if (caller->retry_after_s > 0) {
        caller->state = CALLER_CLOSED;
        return PROBLEM_NONE;
    }
    caller->is_known = !row_is_null(rows, 0, HOTLINE_CALLER_COLUMN_PERSON_KEY);
    if (caller->is_known) {
        caller->person_key = row_int(rows, 0, HOTLINE_CALLER_COLUMN_PERSON_KEY);
        caller->person_id = row_uuid(rows, 0, HOTLINE_CALLER_COLUMN_PERSON_ID);
    }
    request->work = take_pin(caller, rows);
    return request->work ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

bool caller_work(void *state)
{
    struct caller *caller = state;
    bool is_equal = false;
    struct span pin = {.bytes = caller->keyed_in.pin, .length = sizeof caller->keyed_in.pin};
    bool is_done = password_verify(pin, &caller->params, caller->stored, caller->pepper_version, &is_equal);
    caller->is_right = is_equal && caller->has_pin;
    return is_done;
}

static void bind_attempt(const struct caller *caller, struct call *call)
{
    call_init(call, STATEMENT_HOTLINE_ATTEMPT);
    call_uuid(call, HOTLINE_ATTEMPT_PARAM_ATTEMPT_ID, uuid_make((uint64_t)caller->person_key));
    call_bytea(call, HOTLINE_ATTEMPT_PARAM_SUBJECT, attempt_span(caller->subject));
    call_bytea(call, HOTLINE_ATTEMPT_PARAM_SOURCE, attempt_span(caller->source));
    call_text(call, HOTLINE_ATTEMPT_PARAM_SOURCE_KIND, span_of(caller->keyed_in.source_kind));
    if (caller->is_known) {
        call_int(call, HOTLINE_ATTEMPT_PARAM_PERSON_KEY, caller->person_key);
    }
    call_bool(call, HOTLINE_ATTEMPT_PARAM_IS_RIGHT, caller->is_right);
    call_instant(call, HOTLINE_ATTEMPT_PARAM_AT, clock_real_us());
}

static enum problem take_attempt(struct caller *caller, const struct rows *rows)
{
    struct span status = row_text(rows, 0, HOTLINE_ATTEMPT_COLUMN_STATUS);
    if (span_equal(status, SPAN("passed"))) {
        caller->state = CALLER_VERIFIED;
    } else if (span_equal(status, SPAN("counted"))) {
        caller->state = CALLER_WRONG;
    } else if (span_equal(status, SPAN("closed"))) {
        caller->state = CALLER_CLOSED;
        caller->retry_after_s = row_int(rows, 0, HOTLINE_ATTEMPT_COLUMN_RETRY_AFTER_S);
    } else {
        return PROBLEM_INTERNAL_ERROR;
    }
    return PROBLEM_NONE;
}

enum problem caller_proceed(struct request *request, const struct rows *rows, struct call *call,
                            void (*ask)(struct request *request, int64_t person_key, struct call *call))
{
    struct caller *caller = request->state;
    if (rows->statement == STATEMENT_HOTLINE_CALLER) {
        return rows->count == 1 ? take_lookup(request, rows) : PROBLEM_INTERNAL_ERROR;
    }
    if (rows->statement == STATEMENT_NONE) {
        bind_attempt(caller, call);
        return PROBLEM_NONE;
    }
    if (rows->statement != STATEMENT_HOTLINE_ATTEMPT) {
        return PROBLEM_NONE;
    }
    enum problem problem = rows->count == 1 ? take_attempt(caller, rows) : PROBLEM_INTERNAL_ERROR;
    if (problem == PROBLEM_NONE && caller->state == CALLER_VERIFIED) {
        ask(request, caller->person_key, call);
        request->look = true;
        request->look_person_key = (uint64_t)caller->person_key;
        request->look_object_id = caller->person_id;
    }
    return problem;
}

enum problem caller_refusal(struct request *request, struct reply *reply)
{
    const struct caller *caller = request->state;
    switch (caller->state) {
    case CALLER_VERIFIED:
        return PROBLEM_NONE;
    case CALLER_WRONG:
        return PROBLEM_CALLER_UNVERIFIED;
    case CALLER_CLOSED:
        return attempt_closed(request, reply, caller->retry_after_s);
    case CALLER_UNJUDGED:
        break;
    }
    assert(false && "rendered before the caller was judged");
    return PROBLEM_INTERNAL_ERROR;
}
