/* POST /v1/admin/people/{person_id}/enrolments: enrols a person and opens the account that comes with it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/event.h"
#include "api/identifiers/credit_code.h"
#include "server/clock.h"
#include "server/http/reply.h"

#define STARTS_FROM_YEAR 1950 /* as in import files */

/* What bind leaves for render. */
struct made {
    struct uuid person_id;
    struct uuid enrolment_id;
    struct span employer_code; /* normalised; empty: none */
    bool employer_code_valid;
    char employer_code_room[CREDIT_CODE_LENGTH];
};

static struct span text_of(const struct request *request, int arg)
{
    return request->args[arg].text;
}

static void refuse(struct request *request, const char *name, const char *code)
{
    request_fault(request, ARG_BODY, name, code, NULL);
}

static void read_employer(struct request *request, struct made *made)
{
    const struct arg *code = &request->args[CREATE_ENROLMENT_EMPLOYER_CODE];
    bool is_employed = span_equal(text_of(request, CREATE_ENROLMENT_SCHEME), SPAN("employee")) &&
                       span_equal(text_of(request, CREATE_ENROLMENT_PAYER_KIND), SPAN("employer"));
    if (!code->present) {
        return;
    }
    if (!is_employed) {
        refuse(request, "employer_code", "not_allowed");
    } else if (!credit_code_normalise(code->text, made->employer_code_room)) {
        refuse(request, "employer_code", "malformed");
    } else {
        made->employer_code = (struct span){.bytes = made->employer_code_room, .length = CREDIT_CODE_LENGTH};
        made->employer_code_valid = credit_code_check(made->employer_code) == CREDIT_CODE_VALID;
    }
}

static void check(struct request *request)
{
    int64_t started_on = request->args[CREATE_ENROLMENT_STARTED_ON].number;
    bool is_resident = span_equal(text_of(request, CREATE_ENROLMENT_SCHEME), SPAN("resident"));
    if (!access_covers(&request->principal, text_of(request, CREATE_ENROLMENT_POOL_CODE))) {
        refuse(request, "pool_code", "not_allowed");
    }
    if (is_resident && span_equal(text_of(request, CREATE_ENROLMENT_ACCOUNT_MODE), SPAN("with_account"))) {
        refuse(request, "account_mode", "not_allowed");
    }
    if (is_resident && span_equal(text_of(request, CREATE_ENROLMENT_PAYER_KIND), SPAN("employer"))) {
        refuse(request, "payer_kind", "not_allowed");
    }
    if (started_on < date_from_civil(STARTS_FROM_YEAR, 1, 1)) {
        refuse(request, "started_on", "too_small");
    }
    if (started_on > clock_date_of(clock_business_us())) {
        refuse(request, "started_on", "too_large");
    }
}

static void bind_enrolment(struct request *request, const struct made *made, struct call *call)
{
    uint64_t key = uuid_key(made->person_id);
    call_init(call, STATEMENT_ENROLMENT_CREATE);
    event_bind_person(call, ENROLMENT_CREATE_PARAM_PERSON_KEY, made->person_id);
    access_bind_visible(request, call, ENROLMENT_CREATE_PARAM_VISIBLE);
    call_uuid(call, ENROLMENT_CREATE_PARAM_ENROLMENT_ID, made->enrolment_id);
    call_uuid(call, ENROLMENT_CREATE_PARAM_ACCOUNT_ID, uuid_make(key));
    call_text(call, ENROLMENT_CREATE_PARAM_POOL_CODE, text_of(request, CREATE_ENROLMENT_POOL_CODE));
    call_text(call, ENROLMENT_CREATE_PARAM_SCHEME, text_of(request, CREATE_ENROLMENT_SCHEME));
    call_text(call, ENROLMENT_CREATE_PARAM_ACCOUNT_MODE, text_of(request, CREATE_ENROLMENT_ACCOUNT_MODE));
    call_text(call, ENROLMENT_CREATE_PARAM_PAYER_KIND, text_of(request, CREATE_ENROLMENT_PAYER_KIND));
    if (made->employer_code.length > 0) {
        call_text(call, ENROLMENT_CREATE_PARAM_EMPLOYER_CODE, made->employer_code);
        call_bool(call, ENROLMENT_CREATE_PARAM_EMPLOYER_CODE_VALID, made->employer_code_valid);
    }
    call_date(call, ENROLMENT_CREATE_PARAM_STARTED_ON, (int32_t)request->args[CREATE_ENROLMENT_STARTED_ON].number);
    call_instant(call, ENROLMENT_CREATE_PARAM_OPENED_AT, clock_business_us());
    event_bind(request, call, ENROLMENT_CREATE_PARAM_EVENT_ID, key);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct made *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    check(request);
    read_employer(request, made);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    made->person_id = request->args[CREATE_ENROLMENT_PERSON_ID].uuid;
    made->enrolment_id = uuid_make(uuid_key(made->person_id));
    request->state = made;
    bind_enrolment(request, made, call);
    return PROBLEM_NONE;
}

static enum problem problem_of(struct request *request, struct span status)
{
    if (span_equal(status, SPAN("absent"))) {
        return PROBLEM_NOT_FOUND;
    }
    if (span_equal(status, SPAN("unknown_pool"))) {
        refuse(request, "pool_code", "unknown");
        return PROBLEM_VALIDATION_FAILED;
    }
    if (span_equal(status, SPAN("before_birth"))) {
        refuse(request, "started_on", "too_small");
        return PROBLEM_VALIDATION_FAILED;
    }
    if (span_equal(status, SPAN("already_exists"))) {
        return PROBLEM_ALREADY_EXISTS;
    }
    bool is_refused = span_equal(status, SPAN("active_exists")) || span_equal(status, SPAN("not_current"));
    return is_refused ? PROBLEM_NOT_ALLOWED_IN_STATUS : PROBLEM_INTERNAL_ERROR;
}

static void write_text(struct json_writer *writer, const char *name, struct span value)
{
    json_key(writer, name);
    if (value.length > 0) {
        json_text(writer, value);
    } else {
        json_null_value(writer);
    }
}

static void write_enrolment(const struct request *request, struct span pool_name, struct json_writer *writer)
{
    const struct made *made = request->state;
    json_object_open(writer);
    json_key(writer, "enrolment_id");
    json_uuid(writer, made->enrolment_id);
    json_key(writer, "person_id");
    json_uuid(writer, made->person_id);
    write_text(writer, "region_code", text_of(request, CREATE_ENROLMENT_POOL_CODE));
    write_text(writer, "region_name", pool_name);
    write_text(writer, "scheme", text_of(request, CREATE_ENROLMENT_SCHEME));
    write_text(writer, "status", SPAN("active"));
    write_text(writer, "account_mode", text_of(request, CREATE_ENROLMENT_ACCOUNT_MODE));
    write_text(writer, "payer_kind", text_of(request, CREATE_ENROLMENT_PAYER_KIND));
    write_text(writer, "employer_code", made->employer_code);
    json_key(writer, "started_on");
    json_date(writer, (int32_t)request->args[CREATE_ENROLMENT_STARTED_ON].number);
    write_text(writer, "ended_on", SPAN(""));
    write_text(writer, "retired_on", SPAN(""));
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct made *made = request->state;
    struct span status = row_text(rows, 0, ENROLMENT_CREATE_COLUMN_STATUS);
    if (!span_equal(status, SPAN("created"))) {
        return problem_of(request, status);
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(made->person_id, id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_enrolment(request, row_text(rows, 0, ENROLMENT_CREATE_COLUMN_POOL_NAME), &writer);
    reply_created(reply, arena_printf(request->arena, "/v1/people/%s/enrolments", id));
    return PROBLEM_NONE;
}

const struct handler create_enrolment_handler = {.bind = bind, .render = render};
