/* POST /v1/admin/jobs/{job_id}/cancel: ends a job that has not begun to post. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "server/clock.h"
#include "server/http/reply.h"
#include "server/jobs/worker_wake.h"

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_JOB_CANCEL);
    call_uuid(call, JOB_CANCEL_PARAM_JOB_ID, request->args[CANCEL_JOB_JOB_ID].uuid);
    access_bind_visible(request, call, JOB_CANCEL_PARAM_VISIBLE);
    call_uuid(call, JOB_CANCEL_PARAM_ACTOR, request->principal.subject_id);
    call_instant(call, JOB_CANCEL_PARAM_INSTANT, clock_real_us());
    call_uuid(call, JOB_CANCEL_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, JOB_CANCEL_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, JOB_CANCEL_COLUMN_STATUS);
    (void)request;
    if (span_equal(status, SPAN("absent"))) {
        return PROBLEM_NOT_FOUND;
    }
    if (!span_equal(status, SPAN("cancelled"))) {
        return PROBLEM_CONFLICT;
    }
    worker_wake();
    reply->status = 204;
    return PROBLEM_NONE;
}

const struct handler cancel_job_handler = {.bind = bind, .render = render};
