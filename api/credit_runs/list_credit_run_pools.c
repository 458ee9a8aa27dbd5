/* GET /v1/admin/credit-runs/{job_id}/pools: a monthly run, pool by pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

#define KEYS 4

static const struct field fields[] = {
    {"region_code", CREDIT_RUN_POOLS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", CREDIT_RUN_POOLS_COLUMN_NAME, FIELD_PLAIN},
    {"plan_code", CREDIT_RUN_POOLS_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"policy_id", CREDIT_RUN_POOLS_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"phase", CREDIT_RUN_POOLS_COLUMN_PHASE, FIELD_PLAIN},
    {"min_age", CREDIT_RUN_POOLS_COLUMN_MIN_AGE, FIELD_PLAIN},
    {"reason", CREDIT_RUN_POOLS_COLUMN_REASON, FIELD_PLAIN},
    {"people", CREDIT_RUN_POOLS_COLUMN_PEOPLE, FIELD_PLAIN},
    {"gross_fen", CREDIT_RUN_POOLS_COLUMN_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_RUN_POOLS_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_RUN_POOLS_COLUMN_NET_FEN, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = CREDIT_RUN_POOLS_COLUMN_POOL_CODE};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_CREDIT_RUN_POOLS_LIMIT, LIST_CREDIT_RUN_POOLS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && page->keys_count != KEYS) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_CREDIT_RUN_POOLS);
    access_bind_visible(request, call, CREDIT_RUN_POOLS_PARAM_VISIBLE);
    call_uuid(call, CREDIT_RUN_POOLS_PARAM_JOB_ID, request->args[LIST_CREDIT_RUN_POOLS_JOB_ID].uuid);
    call_text(call, CREDIT_RUN_POOLS_PARAM_AFTER_POOL_CODE, page->continued ? page->keys[0] : SPAN(""));
    call_text(call, CREDIT_RUN_POOLS_PARAM_AFTER_PLAN_CODE, page->continued ? page->keys[1] : SPAN(""));
    call_text(call, CREDIT_RUN_POOLS_PARAM_AFTER_PHASE, page->continued ? page->keys[2] : SPAN(""));
    call_text(call, CREDIT_RUN_POOLS_PARAM_AFTER_LINE, page->continued ? page->keys[3] : SPAN(""));
    call_int(call, CREDIT_RUN_POOLS_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    (void)request;
    keys[0] = row_text(rows, row, CREDIT_RUN_POOLS_COLUMN_POOL_CODE);
    keys[1] = row_text(rows, row, CREDIT_RUN_POOLS_COLUMN_PLAN_CODE);
    keys[2] = row_text(rows, row, CREDIT_RUN_POOLS_COLUMN_PHASE);
    keys[3] = row_text(rows, row, CREDIT_RUN_POOLS_COLUMN_LINE);
    return KEYS;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_credit_run_pools_handler = {.bind = bind, .render = render};
