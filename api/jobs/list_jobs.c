/* GET /v1/admin/jobs: the jobs, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/jobs/job.h"
#include "api/list.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_JOBS_LIMIT, LIST_JOBS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_JOB_LIST);
    access_bind_visible(request, call, JOB_LIST_PARAM_VISIBLE);
    call_uuid(call, JOB_LIST_PARAM_BEFORE_JOB_ID, before);
    if (request->args[LIST_JOBS_STATE].present) {
        call_text(call, JOB_LIST_PARAM_STATE, request->args[LIST_JOBS_STATE].text);
    }
    call_int(call, JOB_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    bool has_more = rows->count > page->limit;
    int shown = has_more ? (int)page->limit : rows->count;
    char id[UUID_TEXT_LENGTH + 1] = "";
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < shown; row++) {
        job_write(&writer, rows, row);
        uuid_format(row_uuid(rows, row, JOB_LIST_COLUMN_JOB_ID), id);
    }
    json_array_close(&writer);
    struct span last = span_of(id);
    enum problem problem = page_end(request, reply, &writer, page, has_more, &last, 1);
    json_object_close(&writer);
    return problem;
}

const struct handler list_jobs_handler = {.bind = bind, .render = render};
