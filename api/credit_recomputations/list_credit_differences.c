/* GET /v1/admin/credit-recomputations/{job_id}/differences: a recomputation, person by person. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"person_id", CREDIT_DIFFERENCES_COLUMN_PERSON_ID, FIELD_PLAIN},
    {"account_id", CREDIT_DIFFERENCES_COLUMN_ACCOUNT_ID, FIELD_PLAIN},
    {"region_code", CREDIT_DIFFERENCES_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"plan_code", CREDIT_DIFFERENCES_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"period_start", CREDIT_DIFFERENCES_COLUMN_PERIOD_START, FIELD_PLAIN},
    {"credited_gross_fen", CREDIT_DIFFERENCES_COLUMN_CREDITED_GROSS_FEN, FIELD_PLAIN},
    {"credited_deduction_fen", CREDIT_DIFFERENCES_COLUMN_CREDITED_DEDUCTION_FEN, FIELD_PLAIN},
    {"due_gross_fen", CREDIT_DIFFERENCES_COLUMN_DUE_GROSS_FEN, FIELD_PLAIN},
    {"due_deduction_fen", CREDIT_DIFFERENCES_COLUMN_DUE_DEDUCTION_FEN, FIELD_PLAIN},
    {"gross_fen", CREDIT_DIFFERENCES_COLUMN_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_DIFFERENCES_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_DIFFERENCES_COLUMN_NET_FEN, FIELD_PLAIN},
    {"policy_id", CREDIT_DIFFERENCES_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"age_years", CREDIT_DIFFERENCES_COLUMN_AGE_YEARS, FIELD_PLAIN},
    {"reason", CREDIT_DIFFERENCES_COLUMN_REASON, FIELD_PLAIN},
    {"status", CREDIT_DIFFERENCES_COLUMN_STATUS, FIELD_PLAIN},
    {"credit_id", CREDIT_DIFFERENCES_COLUMN_CREDIT_ID, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = CREDIT_DIFFERENCES_COLUMN_PERSON_ID};

static void bind_text(struct request *request, int arg, struct call *call, int param)
{
    if (request->args[arg].present) {
        call_text(call, param, request->args[arg].text);
    }
}

static bool bind_position(const struct page *page, struct call *call)
{
    struct uuid person_id = {{0}};
    int32_t period_start = date_from_civil(1900, 1, 1);
    if (page->continued && (page->keys_count != 4 || !uuid_parse(page->keys[1], &person_id) ||
                            !date_parse(page->keys[2], &period_start))) {
        return false;
    }
    call_text(call, CREDIT_DIFFERENCES_PARAM_AFTER_POOL_CODE, page->continued ? page->keys[0] : SPAN(""));
    call_int(call, CREDIT_DIFFERENCES_PARAM_AFTER_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_date(call, CREDIT_DIFFERENCES_PARAM_AFTER_PERIOD_START, period_start);
    call_text(call, CREDIT_DIFFERENCES_PARAM_AFTER_PLAN_CODE, page->continued ? page->keys[3] : SPAN(""));
    call_int(call, CREDIT_DIFFERENCES_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid job_id = request->args[LIST_CREDIT_DIFFERENCES_JOB_ID].uuid;
    enum problem problem = list_begin(request, LIST_CREDIT_DIFFERENCES_LIMIT, LIST_CREDIT_DIFFERENCES_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    request->look = true; /* amounts of many people: who read them is in the log */
    request->look_object_id = job_id;
    call_init(call, STATEMENT_CREDIT_DIFFERENCES);
    access_bind_visible(request, call, CREDIT_DIFFERENCES_PARAM_VISIBLE);
    call_uuid(call, CREDIT_DIFFERENCES_PARAM_JOB_ID, job_id);
    bind_text(request, LIST_CREDIT_DIFFERENCES_REASON, call, CREDIT_DIFFERENCES_PARAM_REASON);
    bind_text(request, LIST_CREDIT_DIFFERENCES_STATUS, call, CREDIT_DIFFERENCES_PARAM_STATUS);
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char person_id[UUID_TEXT_LENGTH + 1];
    char period_start[11];
    uuid_format(row_uuid(rows, row, CREDIT_DIFFERENCES_COLUMN_PERSON_ID), person_id);
    date_format(row_date(rows, row, CREDIT_DIFFERENCES_COLUMN_PERIOD_START), period_start);
    keys[0] = row_text(rows, row, CREDIT_DIFFERENCES_COLUMN_POOL_CODE);
    keys[1] = span_of(arena_copy(request->arena, span_of(person_id)));
    keys[2] = span_of(arena_copy(request->arena, span_of(period_start)));
    keys[3] = row_text(rows, row, CREDIT_DIFFERENCES_COLUMN_PLAN_CODE);
    return 4;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_credit_differences_handler = {.bind = bind, .render = render};
