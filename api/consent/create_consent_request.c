/* POST /v1/consent-requests: a client asks somebody to let it see their data. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/consent/scopes.h"
#include "api/fields.h"
#include "api/identifiers/citizen_number.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/http/reply.h"
#include <inttypes.h>

#define OPEN_FOR_US (7 * 86400 * INT64_C(1000000))

static const struct field fields[] = {
    {"consent_request_id", CONSENT_ASK_COLUMN_CONSENT_REQUEST_ID, FIELD_PLAIN},
    {"state", CONSENT_ASK_COLUMN_STATE, FIELD_PLAIN},
    {"expires_at", CONSENT_ASK_COLUMN_EXPIRES_AT, FIELD_PLAIN},
};

/* What bind leaves for render. */
struct asked {
    struct span number_items, name_items;
    int64_t at_us;
};

/* False when the process is at fault, not the caller. */
static bool hash_who(struct request *request, struct asked *asked)
{
    struct citizen_number number = {0};
    struct span text = request->args[CREATE_CONSENT_REQUEST_CITIZEN_NUMBER].text;
    if (citizen_number_parse(text, &number) != CITIZEN_NUMBER_VALID) {
        request_fault(request, ARG_BODY, "citizen_number", "malformed", NULL);
    }
    struct span plain = {.bytes = number.text, .length = CITIZEN_NUMBER_LENGTH};
    bool is_hashed =
        sealed_hash_items(request, KEY_HASH_CITIZEN_NUMBER, plain, &asked->number_items) &&
        sealed_hash_items(request, KEY_HASH_NAME, request->args[CREATE_CONSENT_REQUEST_NAME].text, &asked->name_items);
    explicit_bzero(&number, sizeof number);
    return is_hashed;
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct asked *asked = arena_alloc(request->arena, sizeof *asked);
    if (asked == NULL || !hash_who(request, asked)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    request->state = asked;
    asked->at_us = clock_real_us();
    /* A key of its own: two requests must not tell that they are about one person. */
    struct uuid consent_request_id = uuid_make(uuid_random_key());
    call_init(call, STATEMENT_CONSENT_ASK);
    call_uuid(call, CONSENT_ASK_PARAM_CONSENT_REQUEST_ID, consent_request_id);
    call_uuid(call, CONSENT_ASK_PARAM_CLIENT_ID, request->principal.subject_id);
    call_text(call, CONSENT_ASK_PARAM_REFERENCE, args[CREATE_CONSENT_REQUEST_REFERENCE].text);
    call_bytea(call, CONSENT_ASK_PARAM_NUMBER_HASH, asked->number_items);
    call_bytea(call, CONSENT_ASK_PARAM_NAME_HASH, asked->name_items);
    call_text(call, CONSENT_ASK_PARAM_SCOPES, scopes_join(request->arena, &args[CREATE_CONSENT_REQUEST_SCOPES]));
    call_text(call, CONSENT_ASK_PARAM_PURPOSE, args[CREATE_CONSENT_REQUEST_PURPOSE].text);
    call_int(call, CONSENT_ASK_PARAM_DAYS, args[CREATE_CONSENT_REQUEST_DAYS].number);
    call_instant(call, CONSENT_ASK_PARAM_INSTANT, asked->at_us);
    call_instant(call, CONSENT_ASK_PARAM_EXPIRES_AT, asked->at_us + OPEN_FOR_US);
    access_bind_visible(request, call, CONSENT_ASK_PARAM_VISIBLE);
    call_uuid(call, CONSENT_ASK_PARAM_EVENT_ID, uuid_make(uuid_key(consent_request_id)));
    call_text(call, CONSENT_ASK_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem answer_too_many(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct asked *asked = request->state;
    int64_t wait_us = row_instant(rows, 0, CONSENT_ASK_COLUMN_RETRY_AT) - asked->at_us;
    const char *seconds = arena_printf(request->arena, "%" PRId64, wait_us / 1000000 + 1);
    if (seconds == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    reply_header(reply, "Retry-After", seconds);
    return PROBLEM_RATE_LIMITED;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, CONSENT_ASK_COLUMN_STATUS);
    if (span_equal(status, SPAN("differs"))) {
        return PROBLEM_ALREADY_EXISTS;
    }
    if (span_equal(status, SPAN("too_many"))) {
        return answer_too_many(request, rows, reply);
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, CONSENT_ASK_COLUMN_CONSENT_REQUEST_ID), id);
    fields_write_body(FIELDS(fields), rows, reply);
    reply_created(reply, arena_printf(request->arena, "/v1/consent-requests/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_consent_request_handler = {.bind = bind, .render = render};
