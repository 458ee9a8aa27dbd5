/* POST /v1/accounts/{account_id}/view-grants: the owner lets somebody look at an account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "api/people/numbers.h"
#include "api/sealed.h"
#include "api/states.h"
#include "server/clock.h"
#include <inttypes.h>

#define DAYS_MAX 366      /* so that whom one lets look is thought over once a year */
#define FAILURES_A_DAY 10 /* names that do not fit their numbers, by one owner within 24 hours */

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

/* A family member, or a number with its name. */
static void check(struct request *request)
{
    bool has_member = request->args[CREATE_VIEW_GRANT_FAMILY_MEMBER_ID].present;
    bool has_number = request->args[CREATE_VIEW_GRANT_CITIZEN_NUMBER].present;
    bool has_name = request->args[CREATE_VIEW_GRANT_NAME].present;
    if (!has_member && !has_number) {
        refuse(request, "citizen_number", "required");
    }
    if (has_member && has_number) {
        refuse(request, "citizen_number", "not_allowed");
    }
    if (has_name == has_member) {
        refuse(request, "name", has_name ? "not_allowed" : "required");
    }
}

static int32_t last_day(struct request *request)
{
    const struct arg *asked = &request->args[CREATE_VIEW_GRANT_EXPIRES_ON];
    int32_t today = clock_date_of(clock_real_us());
    int64_t day = asked->present ? asked->number : today + DAYS_MAX - 1;
    if (day < today || day > today + DAYS_MAX) {
        refuse(request, "expires_on", day < today ? "too_small" : "too_large");
        return today;
    }
    return (int32_t)day;
}

static enum problem bind_number(struct request *request, struct call *call)
{
    struct citizen_number number = {0};
    struct span number_hash = {0}, name_hash = {0};
    if (!request->args[CREATE_VIEW_GRANT_CITIZEN_NUMBER].present) {
        return PROBLEM_NONE;
    }
    if (!numbers_read_citizen(request, "citizen_number", request->args[CREATE_VIEW_GRANT_CITIZEN_NUMBER].text,
                              &number)) {
        return PROBLEM_VALIDATION_FAILED;
    }
    bool is_hashed = numbers_hash_citizen(request, &number, &number_hash) &&
                     sealed_hash_items(request, KEY_HASH_NAME, request->args[CREATE_VIEW_GRANT_NAME].text, &name_hash);
    explicit_bzero(&number, sizeof number);
    if (!is_hashed) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_bytea(call, VIEW_GRANT_CREATE_PARAM_NUMBER_HASH, number_hash);
    call_bytea(call, VIEW_GRANT_CREATE_PARAM_NAME_HASH, name_hash);
    return PROBLEM_NONE;
}

static void bind_grant(struct request *request, const struct money *money, int32_t expires_on, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid account_id = args[CREATE_VIEW_GRANT_ACCOUNT_ID].uuid;
    uint64_t person_key = uuid_key(account_id);
    call_uuid(call, VIEW_GRANT_CREATE_PARAM_VIEW_GRANT_ID, uuid_make(person_key));
    call_int(call, VIEW_GRANT_CREATE_PARAM_PERSON_KEY, (int64_t)person_key);
    call_uuid(call, VIEW_GRANT_CREATE_PARAM_OWNER_ID, request->principal.subject_id);
    call_uuid(call, VIEW_GRANT_CREATE_PARAM_ACCOUNT_ID, account_id);
    if (args[CREATE_VIEW_GRANT_FAMILY_MEMBER_ID].present) {
        call_uuid(call, VIEW_GRANT_CREATE_PARAM_FAMILY_MEMBER_ID, args[CREATE_VIEW_GRANT_FAMILY_MEMBER_ID].uuid);
    }
    call_text(call, VIEW_GRANT_CREATE_PARAM_SCOPE, args[CREATE_VIEW_GRANT_SCOPE].text);
    call_date(call, VIEW_GRANT_CREATE_PARAM_EXPIRES_ON, expires_on);
    call_instant(call, VIEW_GRANT_CREATE_PARAM_INSTANT, money->real_us);
    call_text(call, VIEW_GRANT_CREATE_PARAM_KEY, money->key);
    call_bytea(call, VIEW_GRANT_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, VIEW_GRANT_CREATE_PARAM_EVENT_ID, uuid_make(person_key));
    call_text(call, VIEW_GRANT_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_int(call, VIEW_GRANT_CREATE_PARAM_FAILURES_MAX, FAILURES_A_DAY);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money = arena_alloc(request->arena, sizeof *money);
    if (money == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    enum problem problem = access_ask(request, request->args[CREATE_VIEW_GRANT_ACCOUNT_ID].uuid);
    if (problem == PROBLEM_NONE) {
        check(request);
        problem = money_begin(request, CREATE_VIEW_GRANT_IDEMPOTENCY_KEY, -1, money);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_VIEW_GRANT_CREATE);
    bind_grant(request, money, last_day(request), call);
    problem = bind_number(request, call);
    return problem == PROBLEM_NONE && request->faults_count > 0 ? PROBLEM_VALIDATION_FAILED : problem;
}

static enum problem answer_too_many(struct request *request, const struct rows *rows, struct reply *reply)
{
    const char *seconds =
        arena_printf(request->arena, "%" PRId64, row_int(rows, 0, VIEW_GRANT_CREATE_COLUMN_RETRY_AFTER_S));
    reply_header(reply, "Retry-After", seconds);
    return PROBLEM_TOO_MANY_ATTEMPTS;
}

static enum problem write_made(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct field fields[] = {
        {"view_grant_id", VIEW_GRANT_CREATE_COLUMN_VIEW_GRANT_ID, FIELD_PLAIN},
        {"account_id", VIEW_GRANT_CREATE_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
        {"family_member_id", VIEW_GRANT_CREATE_COLUMN_FAMILY_MEMBER_ID, FIELD_PLAIN},
        {"scope", VIEW_GRANT_CREATE_COLUMN_SCOPE, FIELD_PLAIN},
        {"granted_at", VIEW_GRANT_CREATE_COLUMN_GRANTED_AT, FIELD_PLAIN},
        {"expires_on", VIEW_GRANT_CREATE_COLUMN_EXPIRES_ON, FIELD_PLAIN},
    };
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(fields), rows, 0);
    json_key(&writer, "state");
    json_text(&writer, SPAN("granted"));
    json_key(&writer, "ended_at");
    json_null_value(&writer);
    bool is_named = sealed_write_masked(request, &writer, "name", "person.name",
                                        row_uuid(rows, 0, VIEW_GRANT_CREATE_COLUMN_VIEWER_ID),
                                        row_text(rows, 0, VIEW_GRANT_CREATE_COLUMN_VIEWER_NAME_SEALED), mask_name);
    json_object_close(&writer);
    reply->status = 201;
    return is_named ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    static const struct state_columns columns = {.status = VIEW_GRANT_CREATE_COLUMN_STATUS,
                                                 .is_replayed = VIEW_GRANT_CREATE_COLUMN_IS_REPLAYED,
                                                 .state = VIEW_GRANT_CREATE_COLUMN_STATE,
                                                 .possible = VIEW_GRANT_CREATE_COLUMN_POSSIBLE};
    if (span_equal(row_text(rows, 0, VIEW_GRANT_CREATE_COLUMN_STATUS), SPAN("too_many_attempts"))) {
        return answer_too_many(request, rows, reply);
    }
    enum problem problem = state_outcome(request, rows, &columns, reply);
    return problem == PROBLEM_NONE ? write_made(request, rows, reply) : problem;
}

const struct handler create_view_grant_handler = {.bind = bind, .render = render};
