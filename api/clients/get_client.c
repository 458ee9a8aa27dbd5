/* GET /v1/admin/clients/{client_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"client_id", CLIENT_GET_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"kind", CLIENT_GET_COLUMN_KIND, FIELD_PLAIN},
    {"name", CLIENT_GET_COLUMN_NAME, FIELD_PLAIN},
    {"contact", CLIENT_GET_COLUMN_CONTACT, FIELD_PLAIN},
    {"regions", CLIENT_GET_COLUMN_REGIONS, FIELD_WORDS},
    {"state", CLIENT_GET_COLUMN_STATE, FIELD_PLAIN},
    {"institution_type", CLIENT_GET_COLUMN_INSTITUTION_TYPE, FIELD_PLAIN},
    {"institution_code", CLIENT_GET_COLUMN_INSTITUTION_CODE, FIELD_PLAIN},
    {"created_at", CLIENT_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", CLIENT_GET_COLUMN_CHANGED_AT, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CLIENT_GET);
    call_uuid(call, CLIENT_GET_PARAM_CLIENT_ID, request->args[GET_CLIENT_CLIENT_ID].uuid);
    access_bind_visible(request, call, CLIENT_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_client_handler = {.bind = bind, .render = render};
