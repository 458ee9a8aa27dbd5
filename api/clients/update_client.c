/* PATCH /v1/admin/clients/{client_id}: name, contact, state, institution. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/clients/institution.h"
#include "api/fields.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"client_id", CLIENT_UPDATE_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"kind", CLIENT_UPDATE_COLUMN_KIND, FIELD_PLAIN},
    {"name", CLIENT_UPDATE_COLUMN_NAME, FIELD_PLAIN},
    {"contact", CLIENT_UPDATE_COLUMN_CONTACT, FIELD_PLAIN},
    {"regions", CLIENT_UPDATE_COLUMN_REGIONS, FIELD_WORDS},
    {"state", CLIENT_UPDATE_COLUMN_STATE, FIELD_PLAIN},
    {"institution_type", CLIENT_UPDATE_COLUMN_INSTITUTION_TYPE, FIELD_PLAIN},
    {"institution_code", CLIENT_UPDATE_COLUMN_INSTITUTION_CODE, FIELD_PLAIN},
    {"created_at", CLIENT_UPDATE_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", CLIENT_UPDATE_COLUMN_CHANGED_AT, FIELD_PLAIN},
};

static void bind_text(const struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid client_id = request->args[UPDATE_CLIENT_CLIENT_ID].uuid;
    institution_check_code(request, UPDATE_CLIENT_INSTITUTION_CODE);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_CLIENT_UPDATE);
    call_uuid(call, CLIENT_UPDATE_PARAM_CLIENT_ID, client_id);
    access_bind_visible(request, call, CLIENT_UPDATE_PARAM_VISIBLE);
    bind_text(request, UPDATE_CLIENT_NAME, call, CLIENT_UPDATE_PARAM_NAME);
    bind_text(request, UPDATE_CLIENT_CONTACT, call, CLIENT_UPDATE_PARAM_CONTACT);
    bind_text(request, UPDATE_CLIENT_STATE, call, CLIENT_UPDATE_PARAM_STATE);
    bind_text(request, UPDATE_CLIENT_INSTITUTION_TYPE, call, CLIENT_UPDATE_PARAM_INSTITUTION_TYPE);
    bind_text(request, UPDATE_CLIENT_INSTITUTION_CODE, call, CLIENT_UPDATE_PARAM_INSTITUTION_CODE);
    call_uuid(call, CLIENT_UPDATE_PARAM_CHANGED_BY, request->principal.subject_id);
    call_instant(call, CLIENT_UPDATE_PARAM_INSTANT, clock_real_us());
    call_uuid(call, CLIENT_UPDATE_PARAM_EVENT_ID, uuid_make(uuid_key(client_id)));
    call_text(call, CLIENT_UPDATE_PARAM_REQUEST_ID, span_of(request->request_id));
    return PROBLEM_NONE;
}

/* Which of the two it is that cannot be told, or must be told too. */
static enum problem refuse_institution(struct request *request, bool is_refused_when_present, const char *fault)
{
    static const struct {
        int arg;
        const char *name;
    } parts[] = {{UPDATE_CLIENT_INSTITUTION_TYPE, "institution_type"},
                 {UPDATE_CLIENT_INSTITUTION_CODE, "institution_code"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (request->args[parts[i].arg].present == is_refused_when_present) {
            request_fault(request, ARG_BODY, parts[i].name, fault, NULL);
        }
    }
    return PROBLEM_VALIDATION_FAILED;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, CLIENT_UPDATE_COLUMN_STATUS);
    if (span_equal(status, SPAN("absent"))) {
        return PROBLEM_NOT_FOUND;
    }
    if (span_equal(status, SPAN("no_provider"))) {
        return refuse_institution(request, true, "not_allowed");
    }
    if (span_equal(status, SPAN("institution_incomplete"))) {
        return refuse_institution(request, false, "required");
    }
    if (span_equal(status, SPAN("closed"))) {
        return PROBLEM_NOT_ALLOWED_IN_STATUS;
    }
    if (span_equal(status, SPAN("exists"))) {
        return PROBLEM_ALREADY_EXISTS;
    }
    fields_write_body(FIELDS(fields), rows, reply);
    return PROBLEM_NONE;
}

const struct handler update_client_handler = {.bind = bind, .render = render};
