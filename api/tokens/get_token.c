/* GET /v1/admin/tokens/{token_id}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"token_id", TOKEN_GET_COLUMN_TOKEN_ID, FIELD_PLAIN},     {"kind", TOKEN_GET_COLUMN_KIND, FIELD_PLAIN},
    {"subject_id", TOKEN_GET_COLUMN_SUBJECT_ID, FIELD_PLAIN}, {"label", TOKEN_GET_COLUMN_LABEL, FIELD_PLAIN},
    {"roles", TOKEN_GET_COLUMN_ROLES, FIELD_WORDS},           {"regions", TOKEN_GET_COLUMN_REGIONS, FIELD_WORDS},
    {"created_at", TOKEN_GET_COLUMN_CREATED_AT, FIELD_PLAIN}, {"expires_at", TOKEN_GET_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"revoked_at", TOKEN_GET_COLUMN_REVOKED_AT, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_TOKEN_GET);
    call_uuid(call, TOKEN_GET_PARAM_TOKEN_ID, request->args[GET_TOKEN_TOKEN_ID].uuid);
    access_bind_visible(request, call, TOKEN_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    (void)request;
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler get_token_handler = {.bind = bind, .render = render};
