/* GET /v1/transfers/{transfer_id}/timeline: every step that a transfer has taken, without who of the staff took it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/transfers/transfer.h"
#include "api/transfers/transfer_words.h"

static const struct field fields[] = {
    {"at", TRANSFER_TIMELINE_COLUMN_AT, FIELD_PLAIN},
    {"event", TRANSFER_TIMELINE_COLUMN_EVENT, FIELD_PLAIN},
    {"from_state", TRANSFER_TIMELINE_COLUMN_FROM_STATE, FIELD_PLAIN},
    {"to_state", TRANSFER_TIMELINE_COLUMN_TO_STATE, FIELD_PLAIN},
    {"who", TRANSFER_TIMELINE_COLUMN_WHO, FIELD_PLAIN},
    {"reason_code", TRANSFER_TIMELINE_COLUMN_REASON_CODE, FIELD_PLAIN},
    {"note", TRANSFER_TIMELINE_COLUMN_NOTE, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid transfer_id = request->args[GET_TRANSFER_TIMELINE_TRANSFER_ID].uuid;
    enum problem problem = access_ask(request, transfer_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_TRANSFER_TIMELINE);
    call_int(call, TRANSFER_TIMELINE_PARAM_PERSON_KEY, (int64_t)uuid_key(transfer_id));
    call_uuid(call, TRANSFER_TIMELINE_PARAM_TRANSFER_ID, transfer_id);
    return PROBLEM_NONE;
}

static void write_step(const struct request *request, const struct rows *rows, int row, struct json_writer *writer)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    json_key(writer, "text");
    json_text(writer, transfer_event_text(row_text(rows, row, TRANSFER_TIMELINE_COLUMN_EVENT), request->language));
    json_object_close(writer);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !transfer_may_see(request, row_uuid(rows, 0, TRANSFER_TIMELINE_COLUMN_PERSON_ID),
                                              row_text(rows, 0, TRANSFER_TIMELINE_COLUMN_FROM_POOL_CODE),
                                              row_text(rows, 0, TRANSFER_TIMELINE_COLUMN_TO_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    json_key(&writer, "data");
    json_array_open(&writer);
    for (int row = 0; row < rows->count; row++) {
        write_step(request, rows, row, &writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_transfer_timeline_handler = {.bind = bind, .render = render};
