/* GET /v1/regions/{region_code}/channels: where and how to do it there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/etag.h"
#include "api/list.h"
#include "api/regions/public.h"

static const struct field fields[] = {
    {"channel_code", REGION_CHANNELS_COLUMN_CHANNEL_CODE, FIELD_PLAIN},
    {"kind", REGION_CHANNELS_COLUMN_KIND, FIELD_PLAIN},
    {"level", REGION_CHANNELS_COLUMN_LEVEL, FIELD_PLAIN},
    {"level_code", REGION_CHANNELS_COLUMN_LEVEL_CODE, FIELD_PLAIN},
    {"name", REGION_CHANNELS_COLUMN_NAME, FIELD_PLAIN},
    {"can_do", REGION_CHANNELS_COLUMN_CAN_DO, FIELD_ITEMS},
    {"hotline", REGION_CHANNELS_COLUMN_HOTLINE, FIELD_PLAIN},
    {"url", REGION_CHANNELS_COLUMN_URL, FIELD_PLAIN},
    {"address", REGION_CHANNELS_COLUMN_ADDRESS, FIELD_PLAIN},
    {"opening_hours", REGION_CHANNELS_COLUMN_OPENING_HOURS, FIELD_PLAIN},
    {"what_to_bring", REGION_CHANNELS_COLUMN_WHAT_TO_BRING, FIELD_ITEMS},
    {"steps", REGION_CHANNELS_COLUMN_STEPS, FIELD_ITEMS},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = REGION_CHANNELS_COLUMN_CHANNEL_CODE};

static const struct field pool_fields[] = {
    {"pool_code", REGION_CHANNELS_COLUMN_POOL_CODE, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *kind = &request->args[LIST_REGION_CHANNELS_KIND];
    call_init(call, STATEMENT_REGION_CHANNELS);
    call_text(call, REGION_CHANNELS_PARAM_REGION_CODE, request->args[LIST_REGION_CHANNELS_REGION_CODE].text);
    if (kind->present) {
        call_text(call, REGION_CHANNELS_PARAM_KIND, kind->text);
    }
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "region_code");
    json_text(&writer, request->args[LIST_REGION_CHANNELS_REGION_CODE].text);
    fields_write(&writer, FIELDS(pool_fields), rows, 0);
    list_write_array(&list, "data", rows, list_count(&list, rows), &writer);
    json_object_close(&writer);
    public_cache(reply);
    const char *etag = etag_of_body(request, reply, false);
    if (etag == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    etag_answers(request, reply, etag);
    return PROBLEM_NONE;
}

const struct handler list_region_channels_handler = {.bind = bind, .render = render};
