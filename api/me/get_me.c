/* GET /v1/me: who the token stands for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "api/principal_text.h"
#include "api/sealed.h"

static const struct field account_fields[] = {
    {"account_id", ME_CITIZEN_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
};

static const struct field enrolment_fields[] = {
    {"enrolment_id", ME_CITIZEN_COLUMN_ENROLMENT_ID, FIELD_PLAIN},
    {"region_code", ME_CITIZEN_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", ME_CITIZEN_COLUMN_POOL_NAME, FIELD_PLAIN},
    {"scheme", ME_CITIZEN_COLUMN_SCHEME, FIELD_PLAIN},
    {"status", ME_CITIZEN_COLUMN_STATUS, FIELD_PLAIN},
    {"started_on", ME_CITIZEN_COLUMN_STARTED_ON, FIELD_PLAIN},
    {"retired_on", ME_CITIZEN_COLUMN_RETIRED_ON, FIELD_PLAIN},
};

static const struct list enrolments = {.fields = enrolment_fields,
                                       .fields_count = sizeof enrolment_fields / sizeof *enrolment_fields,
                                       .presence = ME_CITIZEN_COLUMN_ENROLMENT_ID};

static enum problem bind(struct request *request, struct call *call)
{
    if (request->principal.kind != PRINCIPAL_CITIZEN) {
        return PROBLEM_NONE;
    }
    call_init(call, STATEMENT_ME_CITIZEN);
    call_int(call, ME_CITIZEN_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_uuid(call, ME_CITIZEN_PARAM_PERSON_ID, request->principal.subject_id);
    return PROBLEM_NONE;
}

static void write_uuid_or_null(struct json_writer *writer, bool is_known, struct uuid id)
{
    if (is_known) {
        json_uuid(writer, id);
    } else {
        json_null_value(writer);
    }
}

/* Leaves the object open. */
static void write_principal(struct json_writer *writer, const struct principal *principal)
{
    json_object_open(writer);
    json_key(writer, "kind");
    json_text(writer, principal_kind_text(principal->kind));
    json_key(writer, "subject_id");
    json_uuid(writer, principal->subject_id);
    json_key(writer, "person_id");
    write_uuid_or_null(writer, principal->kind == PRINCIPAL_CITIZEN, principal->subject_id);
    json_key(writer, "token_id");
    json_uuid(writer, principal->token_id);
    json_key(writer, "roles");
    principal_write_roles(writer, principal);
    json_key(writer, "regions");
    principal_write_regions(writer, principal);
    json_key(writer, "expires_at");
    if (principal->expires_at_us == INT64_MAX) {
        json_null_value(writer);
    } else {
        json_instant(writer, principal->expires_at_us);
    }
}

static enum problem write_person(struct json_writer *writer, struct request *request, const struct rows *rows)
{
    struct uuid person_id = request->principal.subject_id;
    struct span name, number;
    if (!sealed_mask(request, "person.name", person_id, row_text(rows, 0, ME_CITIZEN_COLUMN_NAME_SEALED), mask_name,
                     &name) ||
        !sealed_mask(request, "person.citizen_number", person_id,
                     row_text(rows, 0, ME_CITIZEN_COLUMN_CITIZEN_NUMBER_SEALED), mask_citizen_number, &number)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    json_object_open(writer);
    json_key(writer, "name_masked");
    json_text(writer, name);
    json_key(writer, "citizen_number_masked");
    json_text(writer, number);
    fields_write(writer, FIELDS(account_fields), rows, 0);
    list_write_array(&enrolments, "enrolments", rows, list_count(&enrolments, rows), writer);
    json_object_close(writer);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    bool is_citizen = request->principal.kind == PRINCIPAL_CITIZEN;
    if (is_citizen && rows->count == 0) {
        return PROBLEM_UNAUTHENTICATED; /* removed within the second for which the token was believed */
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    write_principal(&writer, &request->principal);
    json_key(&writer, "person");
    if (!is_citizen) {
        json_null_value(&writer);
    } else if (write_person(&writer, request, rows) != PROBLEM_NONE) {
        return PROBLEM_INTERNAL_ERROR;
    }
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_me_handler = {.bind = bind, .render = render};
