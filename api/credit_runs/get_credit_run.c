/* GET /v1/admin/credit-runs/{job_id}: what a monthly run found due, has posted, and passed over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"job_id", CREDIT_RUN_GET_COLUMN_JOB_ID, FIELD_PLAIN},
    {"region_code", CREDIT_RUN_GET_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"month", CREDIT_RUN_GET_COLUMN_MONTH, FIELD_MONTH},
    {"dry_run", CREDIT_RUN_GET_COLUMN_DRY_RUN, FIELD_PLAIN},
    {"state", CREDIT_RUN_GET_COLUMN_STATE, FIELD_PLAIN},
    {"phase", CREDIT_RUN_GET_COLUMN_PHASE, FIELD_PLAIN},
    {"reason", CREDIT_RUN_GET_COLUMN_REASON, FIELD_PLAIN},
    {"created_by", CREDIT_RUN_GET_COLUMN_CREATED_BY, FIELD_PLAIN},
    {"created_at", CREDIT_RUN_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"finished_at", CREDIT_RUN_GET_COLUMN_FINISHED_AT, FIELD_PLAIN},
    {"proposal_id", CREDIT_RUN_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"failure", CREDIT_RUN_GET_COLUMN_FAILURE, FIELD_PLAIN},
};

static const struct field due[] = {
    {"people", CREDIT_RUN_GET_COLUMN_DUE_PEOPLE, FIELD_PLAIN},
    {"gross_fen", CREDIT_RUN_GET_COLUMN_DUE_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_RUN_GET_COLUMN_DUE_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_RUN_GET_COLUMN_DUE_NET_FEN, FIELD_PLAIN},
};

static const struct field posted[] = {
    {"people", CREDIT_RUN_GET_COLUMN_POSTED_PEOPLE, FIELD_PLAIN},
    {"gross_fen", CREDIT_RUN_GET_COLUMN_POSTED_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_RUN_GET_COLUMN_POSTED_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_RUN_GET_COLUMN_POSTED_NET_FEN, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CREDIT_RUN_GET);
    call_uuid(call, CREDIT_RUN_GET_PARAM_JOB_ID, request->args[GET_CREDIT_RUN_JOB_ID].uuid);
    access_bind_visible(request, call, CREDIT_RUN_GET_PARAM_VISIBLE);
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
    json_key(&writer, "tiers");
    json_raw(&writer, row_text(rows, 0, CREDIT_RUN_GET_COLUMN_TIERS));
    json_key(&writer, "skipped");
    json_raw(&writer, row_text(rows, 0, CREDIT_RUN_GET_COLUMN_SKIPPED));
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_credit_run_handler = {.bind = bind, .render = render};
