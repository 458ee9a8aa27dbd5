/* POST /v1/admin/imports: takes a file, and makes a job that checks it and, once somebody else approves, posts it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/clock.h"
#include "server/http/reply.h"
#include "server/jobs/worker_wake.h"

#define PARAMETERS_BYTES 4096

struct made {
    struct uuid job_id;
    int64_t created_at_us;
};

/* What the job works on, as JSON. */
static struct span write_parameters(struct request *request)
{
    struct text *out = arena_alloc(request->arena, sizeof *out);
    struct json_writer writer;
    if (out == NULL) {
        return (struct span){0};
    }
    text_init(out, PARAMETERS_BYTES);
    json_writer_init(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "kind");
    json_text(&writer, request->args[CREATE_IMPORT_KIND].text);
    json_key(&writer, "skip_invalid");
    json_bool(&writer, request->args[CREATE_IMPORT_SKIP_INVALID].number != 0);
    json_key(&writer, "dry_run");
    json_bool(&writer, request->args[CREATE_IMPORT_DRY_RUN].number != 0);
    json_key(&writer, "bytes");
    json_int(&writer, (int64_t)request->upload->bytes);
    json_key(&writer, "reason");
    json_text(&writer, request->args[CREATE_IMPORT_REASON].text);
    json_object_close(&writer);
    const char *copy = out->failed ? NULL : arena_copy(request->arena, text_span(out));
    struct span parameters = {.bytes = copy, .length = copy == NULL ? 0 : out->length};
    text_fini(out);
    return parameters;
}

static struct span join_regions(struct request *request)
{
    const struct principal *principal = &request->principal;
    const char *joined = "";
    for (uint32_t i = 0; joined != NULL && i < principal->regions_count; i++) {
        joined = arena_printf(request->arena, "%s%s%s", joined, i == 0 ? "" : ",", principal->regions[i]);
    }
    return joined == NULL ? (struct span){0} : span_of(joined);
}

static enum problem bind(struct request *request, struct call *call)
{
    struct upload *upload = request->upload;
    if (request->principal.regions_count == 0) {
        return PROBLEM_FORBIDDEN;
    }
    if (upload->bytes == 0) {
        request_fault(request, ARG_BODY, NULL, "required", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    struct made *made = arena_alloc(request->arena, sizeof *made);
    struct span parameters = write_parameters(request);
    struct span regions = join_regions(request);
    if (made == NULL || parameters.length == 0 || regions.length == 0) {
        return PROBLEM_INTERNAL_ERROR;
    }
    *made = (struct made){.job_id = upload->id, .created_at_us = clock_real_us()};
    request->state = made;
    call_init(call, STATEMENT_JOB_CREATE);
    call_uuid(call, JOB_CREATE_PARAM_JOB_ID, upload->id);
    call_text(call, JOB_CREATE_PARAM_KIND, SPAN("import"));
    call_text(call, JOB_CREATE_PARAM_PARAMETERS, parameters);
    call_text(call, JOB_CREATE_PARAM_REGIONS, regions);
    call_uuid(call, JOB_CREATE_PARAM_SPOOL_ID, upload->spool_id);
    call_uuid(call, JOB_CREATE_PARAM_CREATED_BY, request->principal.subject_id);
    call_instant(call, JOB_CREATE_PARAM_INSTANT, made->created_at_us);
    call_uuid(call, JOB_CREATE_PARAM_EVENT_ID, uuid_make(uuid_random_key()));
    call_text(call, JOB_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    upload->is_kept = true;
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct made *made = request->state;
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(made->job_id, id);
    const char *location = arena_printf(request->arena, "/v1/admin/jobs/%s", id);
    if (location == NULL || !span_equal(row_text(rows, 0, JOB_CREATE_COLUMN_STATUS), SPAN("created"))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    worker_wake();
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "job_id");
    json_uuid(&writer, made->job_id);
    json_key(&writer, "state");
    json_text(&writer, SPAN("waiting"));
    json_key(&writer, "bytes");
    json_int(&writer, (int64_t)request->upload->bytes);
    json_key(&writer, "created_at");
    json_instant(&writer, made->created_at_us);
    json_object_close(&writer);
    reply_header(reply, "Location", location);
    reply->status = 202;
    return PROBLEM_NONE;
}

const struct handler create_import_handler = {.bind = bind, .render = render};
