/* GET /v1/admin/jobs/{job_id}/report: what is wrong with the rows of a file, as CSV; never a value. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/imports/fault.h"
#include "api/list.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, GET_JOB_REPORT_LIMIT, GET_JOB_REPORT_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    int64_t after = 0;
    if (page->continued && (page->keys_count != 1 || !list_key_int(page->keys[0], &after))) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_JOB_FAULTS);
    access_bind_visible(request, call, JOB_FAULTS_PARAM_VISIBLE);
    call_uuid(call, JOB_FAULTS_PARAM_JOB_ID, request->args[GET_JOB_REPORT_JOB_ID].uuid);
    call_int(call, JOB_FAULTS_PARAM_AFTER_ORD, after);
    call_int(call, JOB_FAULTS_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static void write_header(struct csv_writer *csv)
{
    static const char *const names[] = {"line", "field", "severity", "code", "reason_zh", "reason_en", "other_line"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        csv_writer_text(csv, span_of(names[i]));
    }
    csv_writer_end(csv);
}

static void write_fault(struct csv_writer *csv, const struct rows *rows, int row)
{
    static const struct import_fault unknown = {.severity = "error", .reason_zh = "", .reason_en = ""};
    struct span code = row_text(rows, row, JOB_FAULTS_COLUMN_CODE);
    const struct import_fault *fault = import_fault_find(code);
    fault = fault == NULL ? &unknown : fault; /* found by a later version */
    csv_writer_int(csv, row_int(rows, row, JOB_FAULTS_COLUMN_LINE));
    csv_writer_text(csv, row_text(rows, row, JOB_FAULTS_COLUMN_FIELD));
    csv_writer_text(csv, span_of(fault->severity));
    csv_writer_text(csv, code);
    csv_writer_text(csv, span_of(fault->reason_zh));
    csv_writer_text(csv, span_of(fault->reason_en));
    if (row_is_null(rows, row, JOB_FAULTS_COLUMN_OTHER_LINE)) {
        csv_writer_empty(csv);
    } else {
        csv_writer_int(csv, row_int(rows, row, JOB_FAULTS_COLUMN_OTHER_LINE));
    }
    csv_writer_end(csv);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    const struct page *page = request->state;
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    int count = row_is_null(rows, 0, JOB_FAULTS_COLUMN_ORD) ? 0 : rows->count;
    bool has_more = count > page->limit;
    int shown = has_more ? (int)page->limit : count;
    struct csv_writer csv;
    csv_writer_init(&csv, &reply->body);
    write_header(&csv);
    for (int row = 0; row < shown; row++) {
        write_fault(&csv, rows, row);
    }
    const char *last =
        has_more ? arena_printf(request->arena, "%lld", (long long)row_int(rows, shown - 1, JOB_FAULTS_COLUMN_ORD))
                 : "";
    if (last == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    struct span key = span_of(last);
    return page_end(request, reply, NULL, page, has_more, &key, 1);
}

const struct handler get_job_report_handler = {.bind = bind, .render = render};
