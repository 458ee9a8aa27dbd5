/* POST /v1/admin/credit-runs: a job that reckons a month's pensioner credits and, once somebody else approves, posts
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/coverage/calendar.h"
#include "api/proposals/propose.h"
#include "server/clock.h"
#include "server/http/reply.h"
#include "server/jobs/worker_wake.h"

struct made {
    struct uuid job_id;
    int64_t created_at_us;
};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    propose_check_reason(request, &args[CREATE_CREDIT_RUN_REASON]);
    if (!access_covers(&request->principal, args[CREATE_CREDIT_RUN_REGION_CODE].text)) {
        request_fault(request, ARG_BODY, "region_code", "not_allowed", NULL);
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
    call_init(call, STATEMENT_CREDIT_RUN_CREATE);
    call_uuid(call, CREDIT_RUN_CREATE_PARAM_JOB_ID, made->job_id);
    call_text(call, CREDIT_RUN_CREATE_PARAM_REGION_CODE, args[CREATE_CREDIT_RUN_REGION_CODE].text);
    call_date(call, CREDIT_RUN_CREATE_PARAM_MONTH, month_first_day((int32_t)args[CREATE_CREDIT_RUN_MONTH].number));
    call_text(call, CREDIT_RUN_CREATE_PARAM_REASON, args[CREATE_CREDIT_RUN_REASON].text);
    call_bool(call, CREDIT_RUN_CREATE_PARAM_DRY_RUN, args[CREATE_CREDIT_RUN_DRY_RUN].number != 0);
    call_uuid(call, CREDIT_RUN_CREATE_PARAM_CREATED_BY, request->principal.subject_id);
    call_date(call, CREDIT_RUN_CREATE_PARAM_BUSINESS_DATE, clock_date_of(clock_business_us()));
    call_instant(call, CREDIT_RUN_CREATE_PARAM_INSTANT, made->created_at_us);
    call_uuid(call, CREDIT_RUN_CREATE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, CREDIT_RUN_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static void write_body(const struct request *request, const struct made *made, struct text *body)
{
    char month[8];
    struct json_writer writer;
    month_format((int32_t)request->args[CREATE_CREDIT_RUN_MONTH].number, month);
    json_writer_init(&writer, body);
    json_object_open(&writer);
    json_key(&writer, "job_id");
    json_uuid(&writer, made->job_id);
    json_key(&writer, "region_code");
    json_text(&writer, request->args[CREATE_CREDIT_RUN_REGION_CODE].text);
    json_key(&writer, "month");
    json_text(&writer, span_of(month));
    json_key(&writer, "dry_run");
    json_bool(&writer, request->args[CREATE_CREDIT_RUN_DRY_RUN].number != 0);
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
    if (span_equal(row_text(rows, 0, CREDIT_RUN_CREATE_COLUMN_STATUS), SPAN("conflict"))) {
        return PROBLEM_CONFLICT;
    }
    const char *location = arena_printf(request->arena, "/v1/admin/credit-runs/%s", id);
    if (location == NULL || !span_equal(row_text(rows, 0, CREDIT_RUN_CREATE_COLUMN_STATUS), SPAN("created"))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    worker_wake();
    write_body(request, made, &reply->body);
    reply_header(reply, "Location", location);
    reply->status = 202;
    return PROBLEM_NONE;
}

const struct handler create_credit_run_handler = {.bind = bind, .render = render};
