/* POST /v1/admin/credit-recomputations: a job that compares what pensioners were credited with what is due to them now.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/coverage/calendar.h"
#include "api/credit_policies/credit_policy.h"
#include "api/proposals/propose.h"
#include "server/clock.h"
#include "server/http/reply.h"
#include "server/jobs/worker_wake.h"

enum { MONTHS_MAX = 120 }; /* as openapi.yaml says: a slice has fewer people the more months there are */

struct made {
    struct uuid job_id;
    int64_t created_at_us;
};

static void check_range(struct request *request, int64_t from_month, int64_t to_month)
{
    if (to_month < from_month) {
        request_fault(request, ARG_BODY, "to_month", "too_small", NULL);
    } else if (to_month - from_month >= MONTHS_MAX) {
        request_fault(request, ARG_BODY, "to_month", "too_large", NULL);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    const struct arg *plan_code = &args[CREATE_CREDIT_RECOMPUTATION_PLAN_CODE];
    int64_t from_month = args[CREATE_CREDIT_RECOMPUTATION_FROM_MONTH].number;
    int64_t to_month = args[CREATE_CREDIT_RECOMPUTATION_TO_MONTH].number;
    propose_check_reason(request, &args[CREATE_CREDIT_RECOMPUTATION_REASON]);
    if (!access_covers(&request->principal, args[CREATE_CREDIT_RECOMPUTATION_REGION_CODE].text)) {
        request_fault(request, ARG_BODY, "region_code", "not_allowed", NULL);
    }
    check_range(request, from_month, to_month);
    if (plan_code->present && !credit_plan_code_is_valid(plan_code->text)) {
        request_fault(request, ARG_BODY, "plan_code", "malformed", NULL);
    }
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    struct made *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    *made = (struct made){.job_id = uuid_make(uuid_random_key()), .created_at_us = clock_real_us()};
    request->state = made;
    call_init(call, STATEMENT_CREDIT_RECOMPUTATION_CREATE);
    call_uuid(call, CREDIT_RECOMPUTATION_CREATE_PARAM_JOB_ID, made->job_id);
    call_text(call, CREDIT_RECOMPUTATION_CREATE_PARAM_REGION_CODE, args[CREATE_CREDIT_RECOMPUTATION_REGION_CODE].text);
    call_date(call, CREDIT_RECOMPUTATION_CREATE_PARAM_FROM_MONTH, month_first_day((int32_t)from_month));
    call_date(call, CREDIT_RECOMPUTATION_CREATE_PARAM_TO_MONTH, month_first_day((int32_t)to_month));
    if (plan_code->present) {
        call_text(call, CREDIT_RECOMPUTATION_CREATE_PARAM_PLAN_CODE, plan_code->text);
    }
    call_text(call, CREDIT_RECOMPUTATION_CREATE_PARAM_REASON, args[CREATE_CREDIT_RECOMPUTATION_REASON].text);
    call_uuid(call, CREDIT_RECOMPUTATION_CREATE_PARAM_CREATED_BY, request->principal.subject_id);
    call_instant(call, CREDIT_RECOMPUTATION_CREATE_PARAM_INSTANT, made->created_at_us);
    call_uuid(call, CREDIT_RECOMPUTATION_CREATE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, CREDIT_RECOMPUTATION_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static void write_month(struct json_writer *writer, const char *name, const struct arg *month)
{
    char text[8];
    month_format((int32_t)month->number, text);
    json_key(writer, name);
    json_text(writer, span_of(text));
}

static void write_body(const struct request *request, const struct made *made, struct text *body)
{
    const struct arg *args = request->args;
    struct json_writer writer;
    json_writer_init(&writer, body);
    json_object_open(&writer);
    json_key(&writer, "job_id");
    json_uuid(&writer, made->job_id);
    json_key(&writer, "region_code");
    json_text(&writer, args[CREATE_CREDIT_RECOMPUTATION_REGION_CODE].text);
    write_month(&writer, "from_month", &args[CREATE_CREDIT_RECOMPUTATION_FROM_MONTH]);
    write_month(&writer, "to_month", &args[CREATE_CREDIT_RECOMPUTATION_TO_MONTH]);
    json_key(&writer, "plan_code");
    if (args[CREATE_CREDIT_RECOMPUTATION_PLAN_CODE].present) {
        json_text(&writer, args[CREATE_CREDIT_RECOMPUTATION_PLAN_CODE].text);
    } else {
        json_null_value(&writer);
    }
    json_key(&writer, "state");
    json_text(&writer, SPAN("waiting"));
    json_key(&writer, "created_at");
    json_instant(&writer, made->created_at_us);
    json_object_close(&writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct made *made = request->state;
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(made->job_id, id);
    if (span_equal(row_text(rows, 0, CREDIT_RECOMPUTATION_CREATE_COLUMN_STATUS), SPAN("conflict"))) {
        return PROBLEM_CONFLICT;
    }
    const char *location = arena_printf(request->arena, "/v1/admin/credit-recomputations/%s", id);
    if (location == NULL ||
        !span_equal(row_text(rows, 0, CREDIT_RECOMPUTATION_CREATE_COLUMN_STATUS), SPAN("created"))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    worker_wake();
    write_body(request, made, &reply->body);
    reply_header(reply, "Location", location);
    reply->status = 202;
    return PROBLEM_NONE;
}

const struct handler create_credit_recomputation_handler = {.bind = bind, .render = render};
