/* GET /v1/admin/interest-runs/{job_id}: what a yearly run found due, has posted, and passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"job_id", INTEREST_RUN_GET_COLUMN_JOB_ID, FIELD_PLAIN},
    {"region_code", INTEREST_RUN_GET_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"year", INTEREST_RUN_GET_COLUMN_YEAR, FIELD_PLAIN},
    {"state", INTEREST_RUN_GET_COLUMN_STATE, FIELD_PLAIN},
    {"phase", INTEREST_RUN_GET_COLUMN_PHASE, FIELD_PLAIN},
    {"reason", INTEREST_RUN_GET_COLUMN_REASON, FIELD_PLAIN},
    {"created_by", INTEREST_RUN_GET_COLUMN_CREATED_BY, FIELD_PLAIN},
    {"created_at", INTEREST_RUN_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"finished_at", INTEREST_RUN_GET_COLUMN_FINISHED_AT, FIELD_PLAIN},
    {"proposal_id", INTEREST_RUN_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"failure", INTEREST_RUN_GET_COLUMN_FAILURE, FIELD_PLAIN},
};

static const struct field due[] = {
    {"accounts", INTEREST_RUN_GET_COLUMN_DUE_ACCOUNTS, FIELD_PLAIN},
    {"current_year_interest_fen", INTEREST_RUN_GET_COLUMN_DUE_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_interest_fen", INTEREST_RUN_GET_COLUMN_DUE_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"carried_fen", INTEREST_RUN_GET_COLUMN_DUE_CARRIED_FEN, FIELD_PLAIN},
};

static const struct field posted[] = {
    {"accounts", INTEREST_RUN_GET_COLUMN_POSTED_ACCOUNTS, FIELD_PLAIN},
    {"current_year_interest_fen", INTEREST_RUN_GET_COLUMN_POSTED_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"carried_over_interest_fen", INTEREST_RUN_GET_COLUMN_POSTED_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"carried_fen", INTEREST_RUN_GET_COLUMN_POSTED_CARRIED_FEN, FIELD_PLAIN},
};

static const struct field skipped[] = {
    {"phase", INTEREST_RUN_GET_COLUMN_SKIP_PHASE, FIELD_PLAIN},
    {"reason", INTEREST_RUN_GET_COLUMN_SKIP_REASON, FIELD_PLAIN},
    {"accounts", INTEREST_RUN_GET_COLUMN_SKIP_ACCOUNTS, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_INTEREST_RUN_GET);
    call_uuid(call, INTEREST_RUN_GET_PARAM_JOB_ID, request->args[GET_INTEREST_RUN_JOB_ID].uuid);
    access_bind_visible(request, call, INTEREST_RUN_GET_PARAM_VISIBLE);
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
    json_key(&writer, "due");
    fields_write_object(&writer, FIELDS(due), rows, 0);
    json_key(&writer, "posted");
    fields_write_object(&writer, FIELDS(posted), rows, 0);
    json_key(&writer, "skipped");
    json_array_open(&writer);
    for (int row = 0; row < rows->count && !row_is_null(rows, row, INTEREST_RUN_GET_COLUMN_SKIP_REASON); row++) {
        fields_write_object(&writer, FIELDS(skipped), rows, row);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_interest_run_handler = {.bind = bind, .render = render};
