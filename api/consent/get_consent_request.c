/* GET /v1/consent-requests/{consent_request_id}: what became of what a client has asked for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/fields.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"consent_request_id", CONSENT_REQUEST_GET_COLUMN_CONSENT_REQUEST_ID, FIELD_PLAIN},
    {"reference", CONSENT_REQUEST_GET_COLUMN_REFERENCE, FIELD_PLAIN},
    {"state", CONSENT_REQUEST_GET_COLUMN_STATE, FIELD_PLAIN},
    {"scopes", CONSENT_REQUEST_GET_COLUMN_SCOPES, FIELD_WORDS},
    {"purpose", CONSENT_REQUEST_GET_COLUMN_PURPOSE, FIELD_PLAIN},
    {"days", CONSENT_REQUEST_GET_COLUMN_DAYS, FIELD_PLAIN},
    {"created_at", CONSENT_REQUEST_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"expires_at", CONSENT_REQUEST_GET_COLUMN_EXPIRES_AT, FIELD_PLAIN},
};

static const struct field consent_fields[] = {
    {"consent_id", CONSENT_REQUEST_GET_COLUMN_CONSENT_ID, FIELD_PLAIN},
    {"person_id", CONSENT_REQUEST_GET_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"scopes", CONSENT_REQUEST_GET_COLUMN_CONSENT_SCOPES, FIELD_WORDS},
    {"state", CONSENT_REQUEST_GET_COLUMN_CONSENT_STATE, FIELD_PLAIN},
    {"granted_at", CONSENT_REQUEST_GET_COLUMN_GRANTED_AT, FIELD_PLAIN},
    {"expires_at", CONSENT_REQUEST_GET_COLUMN_CONSENT_EXPIRES_AT, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CONSENT_REQUEST_GET);
    call_uuid(call, CONSENT_REQUEST_GET_PARAM_CONSENT_REQUEST_ID,
              request->args[GET_CONSENT_REQUEST_CONSENT_REQUEST_ID].uuid);
    call_uuid(call, CONSENT_REQUEST_GET_PARAM_CLIENT_ID, request->principal.subject_id);
    call_instant(call, CONSENT_REQUEST_GET_PARAM_AT, clock_real_us());
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
    json_object_open(&writer);
    fields_write(&writer, FIELDS(fields), rows, 0);
    json_key(&writer, "consent");
    if (row_is_null(rows, 0, CONSENT_REQUEST_GET_COLUMN_CONSENT_ID)) {
        json_null_value(&writer);
    } else {
        fields_write_object(&writer, FIELDS(consent_fields), rows, 0);
    }
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_consent_request_handler = {.bind = bind, .render = render};
