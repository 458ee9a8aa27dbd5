/* POST /v1/admin/clients: registers a front end or platform. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/clients/institution.h"
#include "api/fields.h"
#include "api/words.h"
#include "server/clock.h"
#include "server/http/reply.h"

/* What bind leaves for render. */
struct made {
    struct uuid client_id;
    struct span regions; /* joined by commas */
    int64_t created_at_us;
};

static void check_regions(struct request *request)
{
    const struct arg *regions = &request->args[CREATE_CLIENT_REGIONS];
    if (!regions->present && !access_is_nationwide(&request->principal)) {
        request_fault(request, ARG_BODY, "regions", "required", NULL);
    }
    for (size_t i = 0; regions->present && i < regions->texts.count; i++) {
        if (!access_covers(&request->principal, regions->texts.items[i])) {
            const char *name = arena_printf(request->arena, "regions/%zu", i);
            request_fault(request, ARG_BODY, name == NULL ? "regions" : name, "not_allowed", NULL);
        }
    }
}

/* A provider is told what it is and its code; nobody else has either. */
static void check_institution(struct request *request)
{
    bool is_provider = span_equal(request->args[CREATE_CLIENT_KIND].text, SPAN("provider"));
    bool has_type = request->args[CREATE_CLIENT_INSTITUTION_TYPE].present;
    bool has_code = request->args[CREATE_CLIENT_INSTITUTION_CODE].present;
    const char *fault = is_provider ? "required" : "not_allowed";
    if (has_type != is_provider) {
        request_fault(request, ARG_BODY, "institution_type", fault, NULL);
    }
    if (has_code != is_provider) {
        request_fault(request, ARG_BODY, "institution_code", fault, NULL);
    } else {
        institution_check_code(request, CREATE_CLIENT_INSTITUTION_CODE);
    }
}

static void bind_text(const struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct made *made = arena_alloc(request->arena, sizeof *made);
    if (made == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    check_regions(request);
    check_institution(request);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    request->state = made;
    made->client_id = uuid_make(uuid_random_key());
    made->created_at_us = clock_real_us();
    made->regions =
        args[CREATE_CLIENT_REGIONS].present ? words_join(request->arena, &args[CREATE_CLIENT_REGIONS]) : SPAN("000000");
    call_init(call, STATEMENT_CLIENT_CREATE);
    call_uuid(call, CLIENT_CREATE_PARAM_CLIENT_ID, made->client_id);
    call_text(call, CLIENT_CREATE_PARAM_KIND, args[CREATE_CLIENT_KIND].text);
    call_text(call, CLIENT_CREATE_PARAM_NAME, args[CREATE_CLIENT_NAME].text);
    bind_text(request, CREATE_CLIENT_CONTACT, call, CLIENT_CREATE_PARAM_CONTACT);
    bind_text(request, CREATE_CLIENT_INSTITUTION_TYPE, call, CLIENT_CREATE_PARAM_INSTITUTION_TYPE);
    bind_text(request, CREATE_CLIENT_INSTITUTION_CODE, call, CLIENT_CREATE_PARAM_INSTITUTION_CODE);
    call_text(call, CLIENT_CREATE_PARAM_REGIONS, made->regions);
    call_uuid(call, CLIENT_CREATE_PARAM_CREATED_BY, request->principal.subject_id);
    call_instant(call, CLIENT_CREATE_PARAM_INSTANT, made->created_at_us);
    call_uuid(call, CLIENT_CREATE_PARAM_EVENT_ID, uuid_make(uuid_key(made->client_id)));
    call_text(call, CLIENT_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

static void write_text(const struct request *request, int arg, const char *name, struct json_writer *writer)
{
    json_key(writer, name);
    if (request->args[arg].present) {
        json_text(writer, request->args[arg].text);
    } else {
        json_null_value(writer);
    }
}

static void write_made(const struct request *request, struct json_writer *writer)
{
    const struct made *made = request->state;
    json_object_open(writer);
    json_key(writer, "client_id");
    json_uuid(writer, made->client_id);
    json_key(writer, "kind");
    json_text(writer, request->args[CREATE_CLIENT_KIND].text);
    json_key(writer, "name");
    json_text(writer, request->args[CREATE_CLIENT_NAME].text);
    write_text(request, CREATE_CLIENT_CONTACT, "contact", writer);
    json_key(writer, "regions");
    json_split_text(writer, made->regions, ',');
    json_key(writer, "state");
    json_text(writer, SPAN("active"));
    write_text(request, CREATE_CLIENT_INSTITUTION_TYPE, "institution_type", writer);
    write_text(request, CREATE_CLIENT_INSTITUTION_CODE, "institution_code", writer);
    json_key(writer, "created_at");
    json_instant(writer, made->created_at_us);
    json_key(writer, "changed_at");
    json_instant(writer, made->created_at_us);
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct made *made = request->state;
    struct span status = row_text(rows, 0, CLIENT_CREATE_COLUMN_STATUS);
    if (span_equal(status, SPAN("exists"))) {
        return PROBLEM_ALREADY_EXISTS;
    }
    if (!span_equal(status, SPAN("created"))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(made->client_id, id);
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_made(request, &writer);
    reply_created(reply, arena_printf(request->arena, "/v1/admin/clients/%s", id));
    return PROBLEM_NONE;
}

const struct handler create_client_handler = {.bind = bind, .render = render};
