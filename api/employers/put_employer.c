/* PUT /v1/admin/employers/{employer_code}: records an employer, or gives it another name. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/employers/employer.h"
#include "api/event.h"
#include "api/identifiers/credit_code.h"
#include "api/identifiers/person_name.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field fields[] = EMPLOYER_FIELDS(EMPLOYER_PUT);

static enum problem bind(struct request *request, struct call *call)
{
    struct span name = request->args[PUT_EMPLOYER_NAME].text;
    struct span code = {0};
    bool is_read = employer_read_code(request, PUT_EMPLOYER_EMPLOYER_CODE, &code);
    if (!person_name_is_valid(name)) { /* the same rules, and the same length */
        request_fault(request, ARG_BODY, "name", name.length > PERSON_NAME_BYTES_MAX ? "too_long" : "malformed", NULL);
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    if (!is_read) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_EMPLOYER_PUT);
    call_text(call, EMPLOYER_PUT_PARAM_EMPLOYER_CODE, code);
    call_text(call, EMPLOYER_PUT_PARAM_NAME, name);
    call_bool(call, EMPLOYER_PUT_PARAM_CODE_VALID, credit_code_check(code) == CREDIT_CODE_VALID);
    call_instant(call, EMPLOYER_PUT_PARAM_SEEN_AT, clock_business_us());
    event_bind(request, call, EMPLOYER_PUT_PARAM_EVENT_ID, uuid_random_key());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    fields_write_body(FIELDS(fields), rows, reply);
    if (!span_equal(row_text(rows, 0, EMPLOYER_PUT_COLUMN_STATUS), SPAN("created"))) {
        return PROBLEM_NONE;
    }
    struct span code = row_text(rows, 0, EMPLOYER_PUT_COLUMN_EMPLOYER_CODE);
    reply_created(reply, arena_printf(request->arena, "/v1/admin/employers/%.*s", (int)code.length, code.bytes));
    return PROBLEM_NONE;
}

const struct handler put_employer_handler = {.bind = bind, .render = render};
