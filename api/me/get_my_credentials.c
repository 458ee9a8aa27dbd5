/* GET /v1/me/credentials: how the person can sign in, what was tried lately, and what is closed to strangers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/fields.h"
#include "api/sealed.h"
#include "server/clock.h"
#include "server/http/reply.h"

static const struct field way_fields[] = {
    {"registered_at", CREDENTIAL_LIST_COLUMN_REGISTERED_AT, FIELD_PLAIN},
    {"password_set_at", CREDENTIAL_LIST_COLUMN_PASSWORD_SET_AT, FIELD_PLAIN},
    {"pin_set_at", CREDENTIAL_LIST_COLUMN_PIN_SET_AT, FIELD_PLAIN},
};

static const struct field attempt_fields[] = {
    {"at", CREDENTIAL_LIST_COLUMN_ATTEMPT_AT, FIELD_PLAIN},
    {"kind", CREDENTIAL_LIST_COLUMN_ATTEMPT_KIND, FIELD_PLAIN},
    {"source_kind", CREDENTIAL_LIST_COLUMN_SOURCE_KIND, FIELD_PLAIN},
    {"is_known_source", CREDENTIAL_LIST_COLUMN_IS_KNOWN_SOURCE, FIELD_PLAIN},
};

static const struct field closed_fields[] = {
    {"kind", CREDENTIAL_LIST_COLUMN_CLOSED_KIND, FIELD_PLAIN},
    {"until", CREDENTIAL_LIST_COLUMN_CLOSED_UNTIL, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CREDENTIAL_LIST);
    call_int(call, CREDENTIAL_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(request->principal.subject_id));
    call_uuid(call, CREDENTIAL_LIST_PARAM_PERSON_ID, request->principal.subject_id);
    call_instant(call, CREDENTIAL_LIST_PARAM_INSTANT, clock_real_us());
    return PROBLEM_NONE;
}

/* Of the rows in which `column` is not null. */
static void write_array(struct json_writer *writer, const char *key, const struct rows *rows, int column,
                        const struct field *fields, size_t count)
{
    json_key(writer, key);
    json_array_open(writer);
    for (int row = 0; row < rows->count; row++) {
        if (!row_is_null(rows, row, column)) {
            fields_write_object(writer, fields, count, rows, row);
        }
    }
    json_array_close(writer);
}

static bool write_phone(struct json_writer *writer, struct request *request, const struct rows *rows)
{
    struct span phone;
    json_key(writer, "phone_masked");
    if (row_is_null(rows, 0, CREDENTIAL_LIST_COLUMN_PHONE_SEALED)) {
        json_null_value(writer);
        return true;
    }
    if (!sealed_mask(request, "person.phone", request->principal.subject_id,
                     row_text(rows, 0, CREDENTIAL_LIST_COLUMN_PHONE_SEALED), mask_phone, &phone)) {
        return false;
    }
    json_text(writer, phone);
    return true;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_UNAUTHENTICATED; /* removed within the second for which the token was believed */
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(way_fields), rows, 0);
    if (!write_phone(&writer, request, rows)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    write_array(&writer, "recent_attempts", rows, CREDENTIAL_LIST_COLUMN_ATTEMPT_AT, FIELDS(attempt_fields));
    write_array(&writer, "closed_to_unknown_sources", rows, CREDENTIAL_LIST_COLUMN_CLOSED_KIND, FIELDS(closed_fields));
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_my_credentials_handler = {.bind = bind, .render = render};
