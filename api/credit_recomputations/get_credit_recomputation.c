/* GET /v1/admin/credit-recomputations/{job_id}: what a recomputation found, and what became of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/http/reply.h"

static const struct field fields[] = {
    {"job_id", CREDIT_RECOMPUTATION_GET_COLUMN_JOB_ID, FIELD_PLAIN},
    {"region_code", CREDIT_RECOMPUTATION_GET_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"from_month", CREDIT_RECOMPUTATION_GET_COLUMN_FROM_MONTH, FIELD_MONTH},
    {"to_month", CREDIT_RECOMPUTATION_GET_COLUMN_TO_MONTH, FIELD_MONTH},
    {"plan_code", CREDIT_RECOMPUTATION_GET_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"state", CREDIT_RECOMPUTATION_GET_COLUMN_STATE, FIELD_PLAIN},
    {"phase", CREDIT_RECOMPUTATION_GET_COLUMN_PHASE, FIELD_PLAIN},
    {"reason", CREDIT_RECOMPUTATION_GET_COLUMN_REASON, FIELD_PLAIN},
    {"created_by", CREDIT_RECOMPUTATION_GET_COLUMN_CREATED_BY, FIELD_PLAIN},
    {"created_at", CREDIT_RECOMPUTATION_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"finished_at", CREDIT_RECOMPUTATION_GET_COLUMN_FINISHED_AT, FIELD_PLAIN},
    {"proposal_id", CREDIT_RECOMPUTATION_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"failure", CREDIT_RECOMPUTATION_GET_COLUMN_FAILURE, FIELD_PLAIN},
};

static const struct field sum[] = {
    {"reason", CREDIT_RECOMPUTATION_GET_COLUMN_SUM_REASON, FIELD_PLAIN},
    {"status", CREDIT_RECOMPUTATION_GET_COLUMN_SUM_STATUS, FIELD_PLAIN},
    {"people", CREDIT_RECOMPUTATION_GET_COLUMN_PEOPLE, FIELD_PLAIN},
    {"people_up", CREDIT_RECOMPUTATION_GET_COLUMN_PEOPLE_UP, FIELD_PLAIN},
    {"people_down", CREDIT_RECOMPUTATION_GET_COLUMN_PEOPLE_DOWN, FIELD_PLAIN},
    {"differences", CREDIT_RECOMPUTATION_GET_COLUMN_DIFFERENCES, FIELD_PLAIN},
    {"gross_up_fen", CREDIT_RECOMPUTATION_GET_COLUMN_GROSS_UP_FEN, FIELD_PLAIN},
    {"gross_down_fen", CREDIT_RECOMPUTATION_GET_COLUMN_GROSS_DOWN_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_RECOMPUTATION_GET_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_up_fen", CREDIT_RECOMPUTATION_GET_COLUMN_NET_UP_FEN, FIELD_PLAIN},
    {"net_down_fen", CREDIT_RECOMPUTATION_GET_COLUMN_NET_DOWN_FEN, FIELD_PLAIN},
    {"receivable_fen", CREDIT_RECOMPUTATION_GET_COLUMN_RECEIVABLE_FEN, FIELD_PLAIN},
};

static const struct field not_judged[] = {
    {"reason", CREDIT_RECOMPUTATION_GET_COLUMN_SUM_REASON, FIELD_PLAIN},
    {"people", CREDIT_RECOMPUTATION_GET_COLUMN_PEOPLE, FIELD_PLAIN},
};

static enum problem bind(struct request *request, struct call *call)
{
    call_init(call, STATEMENT_CREDIT_RECOMPUTATION_GET);
    call_uuid(call, CREDIT_RECOMPUTATION_GET_PARAM_JOB_ID, request->args[GET_CREDIT_RECOMPUTATION_JOB_ID].uuid);
    access_bind_visible(request, call, CREDIT_RECOMPUTATION_GET_PARAM_VISIBLE);
    return PROBLEM_NONE;
}

/* The rows of one kind of sum as an array. */
static void write_sums(struct json_writer *writer, const char *name, struct span of, const struct field *table,
                       size_t count, const struct rows *rows)
{
    json_key(writer, name);
    json_array_open(writer);
    for (int row = 0; row < rows->count; row++) {
        if (span_equal(row_text(rows, row, CREDIT_RECOMPUTATION_GET_COLUMN_SUM_OF), of)) {
            fields_write_object(writer, table, count, rows, row);
        }
    }
    json_array_close(writer);
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
    write_sums(&writer, "found", SPAN("checking"), FIELDS(sum), rows);
    write_sums(&writer, "outcome", SPAN("posting"), FIELDS(sum), rows);
    write_sums(&writer, "not_judged", SPAN("not_judged"), FIELDS(not_judged), rows);
    json_object_close(&writer);
    return PROBLEM_NONE;
}

const struct handler get_credit_recomputation_handler = {.bind = bind, .render = render};
