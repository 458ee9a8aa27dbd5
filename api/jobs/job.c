/* Writes a job: what it is, how far it is, what it found and did. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/jobs/job.h"
#include "api/fields.h"
#include <assert.h>

/* Both statements have the same columns. */
static_assert((int)JOB_LIST_COLUMN_STORED_FEN == (int)JOB_GET_COLUMN_STORED_FEN, "job_list and job_get differ");
static_assert((int)JOB_LIST_COLUMN_PROGRESS_DONE == (int)JOB_GET_COLUMN_PROGRESS_DONE, "job_list and job_get differ");

static const struct field fields[] = {
    {"job_id", JOB_GET_COLUMN_JOB_ID, FIELD_PLAIN},
    {"kind", JOB_GET_COLUMN_KIND, FIELD_PLAIN},
    {"state", JOB_GET_COLUMN_STATE, FIELD_PLAIN},
    {"import_kind", JOB_GET_COLUMN_IMPORT_KIND, FIELD_PLAIN},
    {"dry_run", JOB_GET_COLUMN_DRY_RUN, FIELD_PLAIN},
    {"skip_invalid", JOB_GET_COLUMN_SKIP_INVALID, FIELD_PLAIN},
    {"bytes", JOB_GET_COLUMN_BYTES, FIELD_PLAIN},
    {"reason", JOB_GET_COLUMN_REASON, FIELD_PLAIN},
    {"created_by", JOB_GET_COLUMN_CREATED_BY, FIELD_PLAIN},
    {"created_at", JOB_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"started_at", JOB_GET_COLUMN_STARTED_AT, FIELD_PLAIN},
    {"finished_at", JOB_GET_COLUMN_FINISHED_AT, FIELD_PLAIN},
    {"proposal_id", JOB_GET_COLUMN_PROPOSAL_ID, FIELD_PLAIN},
    {"failure", JOB_GET_COLUMN_FAILURE, FIELD_PLAIN},
};

static const struct field progress[] = {
    {"phase", JOB_GET_COLUMN_PHASE, FIELD_PLAIN},
    {"done", JOB_GET_COLUMN_PROGRESS_DONE, FIELD_PLAIN},
    {"total", JOB_GET_COLUMN_PROGRESS_TOTAL, FIELD_PLAIN},
};

static const struct field result[] = {
    {"rows", JOB_GET_COLUMN_ROWS_TOTAL, FIELD_PLAIN},          {"invalid", JOB_GET_COLUMN_ROWS_INVALID, FIELD_PLAIN},
    {"unchanged", JOB_GET_COLUMN_ROWS_UNCHANGED, FIELD_PLAIN}, {"warnings", JOB_GET_COLUMN_WARNINGS, FIELD_PLAIN},
    {"ready", JOB_GET_COLUMN_ROWS_READY, FIELD_PLAIN},         {"ready_fen", JOB_GET_COLUMN_DUE_FEN, FIELD_PLAIN},
};

static int64_t int_or_zero(const struct rows *rows, int row, int column)
{
    return row_is_null(rows, row, column) ? 0 : row_int(rows, row, column);
}

static void write_result(struct json_writer *writer, const struct rows *rows, int row)
{
    json_key(writer, "result");
    if (row_is_null(rows, row, JOB_GET_COLUMN_ROWS_TOTAL)) {
        json_null_value(writer);
        return;
    }
    json_object_open(writer);
    fields_write(writer, FIELDS(result), rows, row);
    json_key(writer, "stored");
    json_int(writer, int_or_zero(rows, row, JOB_GET_COLUMN_ROWS_STORED));
    json_key(writer, "stored_fen");
    json_int(writer, int_or_zero(rows, row, JOB_GET_COLUMN_STORED_FEN));
    json_object_close(writer);
}

void job_write(struct json_writer *writer, const struct rows *rows, int row)
{
    json_object_open(writer);
    fields_write(writer, FIELDS(fields), rows, row);
    json_key(writer, "progress");
    fields_write_object(writer, FIELDS(progress), rows, row);
    write_result(writer, rows, row);
    json_object_close(writer);
}
