/* GET /v1/accounts/{account_id}/statements: the months in which something moved, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/api.h"
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"month", ACCOUNT_STATEMENTS_COLUMN_MONTH, FIELD_MONTH},
    {"settled", ACCOUNT_STATEMENTS_COLUMN_SETTLED, FIELD_PLAIN},
    {"opening_balance_fen", ACCOUNT_STATEMENTS_COLUMN_OPENING_BALANCE_FEN, FIELD_PLAIN},
    {"credits_fen", ACCOUNT_STATEMENTS_COLUMN_CREDITS_FEN, FIELD_PLAIN},
    {"debits_fen", ACCOUNT_STATEMENTS_COLUMN_DEBITS_FEN, FIELD_PLAIN},
    {"closing_balance_fen", ACCOUNT_STATEMENTS_COLUMN_CLOSING_BALANCE_FEN, FIELD_PLAIN},
    {"closing_current_year_fen", ACCOUNT_STATEMENTS_COLUMN_CLOSING_CURRENT_YEAR_FEN, FIELD_PLAIN},
    {"closing_carried_over_fen", ACCOUNT_STATEMENTS_COLUMN_CLOSING_CARRIED_OVER_FEN, FIELD_PLAIN},
    {"entries_count", ACCOUNT_STATEMENTS_COLUMN_ENTRIES_COUNT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = ACCOUNT_STATEMENTS_COLUMN_MONTH};

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_ACCOUNT_STATEMENTS_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct page *page;
    problem = list_begin(request, LIST_ACCOUNT_STATEMENTS_LIMIT, LIST_ACCOUNT_STATEMENTS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    int64_t now_us = clock_business_us();
    int64_t as_of_us = now_us;
    int32_t days;
    if (page->continued) {
        if (page->keys_count != 1 || !date_parse(page->keys[0], &days)) {
            return PROBLEM_INTERNAL_ERROR;
        }
        as_of_us = clock_instant_of_date(days) - 1;
    }
    call_init(call, STATEMENT_ACCOUNT_STATEMENTS);
    call_int(call, ACCOUNT_STATEMENTS_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_STATEMENTS_PARAM_ACCOUNT_ID, account_id);
    call_instant(call, ACCOUNT_STATEMENTS_PARAM_AS_OF, as_of_us);
    call_instant(call, ACCOUNT_STATEMENTS_PARAM_SETTLED_BEFORE, now_us - api_settling_us());
    call_int(call, ACCOUNT_STATEMENTS_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char date[11];
    date_format(row_date(rows, row, ACCOUNT_STATEMENTS_COLUMN_MONTH), date);
    keys[0] = span_of(arena_copy(request->arena, span_of(date)));
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_STATEMENTS_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_STATEMENTS_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_account_statements_handler = {.bind = bind, .render = render};
