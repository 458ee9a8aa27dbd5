/* GET /v1/payout-files/{payout_file_id}: its sums, and what the bank answered about each line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/sealed.h"

static const struct field fields[] = {
    {"payout_file_id", PAYOUT_FILE_GET_COLUMN_PAYOUT_FILE_ID, FIELD_PLAIN},
    {"region_code", PAYOUT_FILE_GET_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"state", PAYOUT_FILE_GET_COLUMN_STATE, FIELD_PLAIN},
    {"lines_count", PAYOUT_FILE_GET_COLUMN_LINES_COUNT, FIELD_PLAIN},
    {"amount_fen", PAYOUT_FILE_GET_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"paid_fen", PAYOUT_FILE_GET_COLUMN_PAID_FEN, FIELD_PLAIN},
    {"bounced_fen", PAYOUT_FILE_GET_COLUMN_BOUNCED_FEN, FIELD_PLAIN},
    {"open_fen", PAYOUT_FILE_GET_COLUMN_OPEN_FEN, FIELD_PLAIN},
    {"created_at", PAYOUT_FILE_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"settled_at", PAYOUT_FILE_GET_COLUMN_SETTLED_AT, FIELD_PLAIN},
};

static const struct field line_fields[] = {
    {"line_number", PAYOUT_FILE_GET_COLUMN_LINE_NUMBER, FIELD_PLAIN},
    {"withdrawal_id", PAYOUT_FILE_GET_COLUMN_WITHDRAWAL_ID, FIELD_PLAIN},
    {"amount_fen", PAYOUT_FILE_GET_COLUMN_LINE_AMOUNT_FEN, FIELD_PLAIN},
    {"outcome", PAYOUT_FILE_GET_COLUMN_OUTCOME, FIELD_PLAIN},
    {"bounce_code", PAYOUT_FILE_GET_COLUMN_BOUNCE_CODE, FIELD_PLAIN},
    {"paid_on", PAYOUT_FILE_GET_COLUMN_PAID_ON, FIELD_PLAIN},
    {"answered_at", PAYOUT_FILE_GET_COLUMN_ANSWERED_AT, FIELD_PLAIN},
};

static const struct list lines = {
    .fields = line_fields, .fields_count = sizeof line_fields / sizeof *line_fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_PAYOUT_FILE_GET);
    call_uuid(call, PAYOUT_FILE_GET_PARAM_PAYOUT_FILE_ID, request->args[GET_PAYOUT_FILE_PAYOUT_FILE_ID].uuid);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct uuid file_id = request->args[GET_PAYOUT_FILE_PAYOUT_FILE_ID].uuid;
    struct json_writer writer;
    struct span hash;
    if (rows->count == 0 || !access_covers(&request->principal, row_text(rows, 0, PAYOUT_FILE_GET_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    if (!sealed_open(request, "payout_file.content_hash", file_id,
                     row_text(rows, 0, PAYOUT_FILE_GET_COLUMN_CONTENT_HASH_SEALED), &hash)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    json_writer_init(&writer, &reply->body);
    json_object_open(&writer);
    fields_write(&writer, FIELDS(fields), rows, 0);
    json_key(&writer, "sha256");
    json_text(&writer, hash);
    list_write_array(&lines, "lines", rows, rows->count, &writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_payout_file_handler = {.bind = bind, .render = render};
