/* GET /v1/admin/jobs/{job_id}: how far a job is, and what it found and did. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/jobs/job.h"
#include "server/http/reply.h"

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_JOB_GET);
    call_uuid(call, JOB_GET_PARAM_JOB_ID, request->args[GET_JOB_JOB_ID].uuid);
    access_bind_visible(request, call, JOB_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    job_write(&writer, rows, 0);
    return PROBLEM_NONE;
}

const struct handler get_job_handler = {.bind = bind, .render = render};
