/* GET /v1/regions/{region_code}. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "api/fields.h"
#include "api/regions/public.h"

static const struct field fields[] = {
    {"region_code", REGION_GET_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"name", REGION_GET_COLUMN_NAME, FIELD_PLAIN},
    {"level", REGION_GET_COLUMN_LEVEL, FIELD_PLAIN},
    {"parent_code", REGION_GET_COLUMN_PARENT_CODE, FIELD_PLAIN},
    {"is_pool", REGION_GET_COLUMN_IS_POOL, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_REGION_GET);
    call_text(call, REGION_GET_PARAM_REGION_CODE, request->args[GET_REGION_REGION_CODE].text);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(FIELDS(fields), rows, reply);
    public_cache(reply);
    const char *etag = etag_of_body(request, reply, false);
    if (etag == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    etag_answers(request, reply, etag);
    return PROBLEM_NONE;
}

const struct handler get_region_handler = {.bind = bind, .render = render};
