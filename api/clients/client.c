/* A registered client as replies show it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/clients/client.h"
#include "api/access.h"
#include "api/fields.h"

static const struct field fields[] = {
    {"client_id", CLIENT_GET_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"kind", CLIENT_GET_COLUMN_KIND, FIELD_PLAIN},
    {"name", CLIENT_GET_COLUMN_NAME, FIELD_PLAIN},
    {"contact", CLIENT_GET_COLUMN_CONTACT, FIELD_PLAIN},
    {"regions", CLIENT_GET_COLUMN_REGIONS, FIELD_WORDS},
    {"state", CLIENT_GET_COLUMN_STATE, FIELD_PLAIN},
    {"created_at", CLIENT_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", CLIENT_GET_COLUMN_CHANGED_AT, FIELD_PLAIN},
};

void client_bind_get(struct request *request, struct uuid client_id, struct call *call)
{
    call_init(call, STATEMENT_CLIENT_GET);
    call_uuid(call, CLIENT_GET_PARAM_CLIENT_ID, client_id);
    access_bind_visible(request, call, CLIENT_GET_PARAM_VISIBLE);
}

enum problem client_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    fields_write_object(&writer, FIELDS(fields), rows, 0);
    return PROBLEM_NONE;
}
