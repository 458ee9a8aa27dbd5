/* GET /v1/admin/interest-runs/{job_id}/pools: a yearly run, pool by pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"region_code", INTEREST_RUN_POOLS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"region_name", INTEREST_RUN_POOLS_COLUMN_NAME, FIELD_PLAIN},
    {"from", INTEREST_RUN_POOLS_COLUMN_FROM_DAY, FIELD_PLAIN},
    {"to", INTEREST_RUN_POOLS_COLUMN_TO_DAY, FIELD_PLAIN},
    {"posts_from", INTEREST_RUN_POOLS_COLUMN_POSTS_FROM, FIELD_PLAIN},
    {"due_accounts", INTEREST_RUN_POOLS_COLUMN_DUE_ACCOUNTS, FIELD_PLAIN},
    {"due_current_year_interest_fen", INTEREST_RUN_POOLS_COLUMN_DUE_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"due_carried_over_interest_fen", INTEREST_RUN_POOLS_COLUMN_DUE_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"due_carried_fen", INTEREST_RUN_POOLS_COLUMN_DUE_CARRIED_FEN, FIELD_PLAIN},
    {"posted_accounts", INTEREST_RUN_POOLS_COLUMN_POSTED_ACCOUNTS, FIELD_PLAIN},
    {"posted_current_year_interest_fen", INTEREST_RUN_POOLS_COLUMN_POSTED_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"posted_carried_over_interest_fen", INTEREST_RUN_POOLS_COLUMN_POSTED_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"posted_carried_fen", INTEREST_RUN_POOLS_COLUMN_POSTED_CARRIED_FEN, FIELD_PLAIN},
    {"already_posted", INTEREST_RUN_POOLS_COLUMN_ALREADY_POSTED, FIELD_PLAIN},
    {"earlier_year_open", INTEREST_RUN_POOLS_COLUMN_EARLIER_YEAR_OPEN, FIELD_PLAIN},
    {"account_closed", INTEREST_RUN_POOLS_COLUMN_ACCOUNT_CLOSED, FIELD_PLAIN},
    {"year_not_over", INTEREST_RUN_POOLS_COLUMN_YEAR_NOT_OVER, FIELD_PLAIN},
    {"no_rule", INTEREST_RUN_POOLS_COLUMN_NO_RULE, FIELD_PLAIN},
    {"no_rate", INTEREST_RUN_POOLS_COLUMN_NO_RATE, FIELD_PLAIN},
    {"rules_changed", INTEREST_RUN_POOLS_COLUMN_RULES_CHANGED, FIELD_PLAIN},
    {"balance_overflow", INTEREST_RUN_POOLS_COLUMN_BALANCE_OVERFLOW, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = INTEREST_RUN_POOLS_COLUMN_POOL_CODE};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_INTEREST_RUN_POOLS_LIMIT, LIST_INTEREST_RUN_POOLS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && page->keys_count != 1) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_INTEREST_RUN_POOLS);
    access_bind_visible(request, call, INTEREST_RUN_POOLS_PARAM_VISIBLE);
    call_uuid(call, INTEREST_RUN_POOLS_PARAM_JOB_ID, request->args[LIST_INTEREST_RUN_POOLS_JOB_ID].uuid);
    call_text(call, INTEREST_RUN_POOLS_PARAM_AFTER_CODE, page->continued ? page->keys[0] : SPAN(""));
    call_int(call, INTEREST_RUN_POOLS_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    (void)request;
    keys[0] = row_text(rows, row, INTEREST_RUN_POOLS_COLUMN_POOL_CODE);
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_interest_run_pools_handler = {.bind = bind, .render = render};
