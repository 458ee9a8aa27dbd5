/* GET /v1/accounts/{account_id}/credits: what a pensioner was credited, newest period first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "server/clock.h"
#include <inttypes.h>

static const struct field fields[] = {
    {"credit_id", ACCOUNT_CREDITS_COLUMN_CREDIT_ID, FIELD_PLAIN},
    {"region_code", ACCOUNT_CREDITS_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"plan_code", ACCOUNT_CREDITS_COLUMN_PLAN_CODE, FIELD_PLAIN},
    {"period", ACCOUNT_CREDITS_COLUMN_PERIOD, FIELD_PLAIN},
    {"period_start", ACCOUNT_CREDITS_COLUMN_PERIOD_SHOWN, FIELD_PLAIN},
    {"months", ACCOUNT_CREDITS_COLUMN_MONTHS, FIELD_PLAIN},
    {"gross_fen", ACCOUNT_CREDITS_COLUMN_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", ACCOUNT_CREDITS_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", ACCOUNT_CREDITS_COLUMN_NET_FEN, FIELD_PLAIN},
    {"receivable_fen", ACCOUNT_CREDITS_COLUMN_RECEIVABLE_FEN, FIELD_PLAIN},
    {"revision", ACCOUNT_CREDITS_COLUMN_REVISION, FIELD_PLAIN},
    {"reason", ACCOUNT_CREDITS_COLUMN_REASON, FIELD_PLAIN},
    {"first_credit_id", ACCOUNT_CREDITS_COLUMN_FIRST_CREDIT_ID, FIELD_PLAIN},
    {"origin_credit_id", ACCOUNT_CREDITS_COLUMN_ORIGIN_CREDIT_ID, FIELD_PLAIN},
    {"policy_id", ACCOUNT_CREDITS_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"business_date", ACCOUNT_CREDITS_COLUMN_BUSINESS_DATE, FIELD_PLAIN},
    {"posted_at", ACCOUNT_CREDITS_COLUMN_POSTED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = ACCOUNT_CREDITS_COLUMN_CREDIT_ID};

/* Without a bound the range is the calendar's: the statement stays one range of the key. */
static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *from = &request->args[LIST_ACCOUNT_CREDITS_FROM];
    const struct arg *to = &request->args[LIST_ACCOUNT_CREDITS_TO];
    const struct arg *plan_code = &request->args[LIST_ACCOUNT_CREDITS_PLAN_CODE];
    if (from->present && to->present && from->number > to->number) {
        request_fault(request, ARG_QUERY, "to", "too_small", NULL);
    }
    int32_t from_month = from->present ? (int32_t)from->number : 12 * 1900;
    int32_t to_month = to->present ? (int32_t)to->number : 12 * 9999 + 11;
    call_date(call, ACCOUNT_CREDITS_PARAM_FROM_MONTH, date_from_civil(from_month / 12, from_month % 12 + 1, 1));
    call_date(call, ACCOUNT_CREDITS_PARAM_FROM_YEAR, date_from_civil(from_month / 12, 1, 1));
    call_date(call, ACCOUNT_CREDITS_PARAM_TO_MONTH, date_from_civil(to_month / 12, to_month % 12 + 1, 1));
    if (plan_code->present) {
        call_text(call, ACCOUNT_CREDITS_PARAM_PLAN_CODE, plan_code->text);
    }
}

static bool bind_position(const struct page *page, struct call *call)
{
    int32_t before_period =
        date_from_civil(9999, 12, 31); /* later than any period, so that the other parts do not matter */
    int64_t before_revision = 0;
    if (page->continued && (page->keys_count != 3 || !date_parse(page->keys[0], &before_period) ||
                            !list_key_int(page->keys[2], &before_revision))) {
        return false;
    }
    call_date(call, ACCOUNT_CREDITS_PARAM_BEFORE_PERIOD, before_period);
    call_text(call, ACCOUNT_CREDITS_PARAM_BEFORE_PLAN_CODE, page->continued ? page->keys[1] : SPAN(""));
    call_int(call, ACCOUNT_CREDITS_PARAM_BEFORE_REVISION, before_revision);
    call_int(call, ACCOUNT_CREDITS_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_ACCOUNT_CREDITS_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_CREDITS);
    call_int(call, ACCOUNT_CREDITS_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_CREDITS_PARAM_ACCOUNT_ID, account_id);
    bind_filters(request, call);
    struct page *page;
    problem = list_begin(request, LIST_ACCOUNT_CREDITS_LIMIT, LIST_ACCOUNT_CREDITS_CURSOR, &page);
    if (problem != PROBLEM_NONE || request->faults_count > 0) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    char period[11];
    date_format(row_date(rows, row, ACCOUNT_CREDITS_COLUMN_PERIOD_START), period);
    keys[0] = span_of(arena_copy(request->arena, span_of(period)));
    keys[1] = row_text(rows, row, ACCOUNT_CREDITS_COLUMN_PLAN_CODE);
    int64_t revision = row_int(rows, row, ACCOUNT_CREDITS_COLUMN_REVISION);
    keys[2] = span_of(arena_printf(request->arena, "%" PRId64, revision));
    return 3;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_CREDITS_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_CREDITS_COLUMN_ACCOUNT_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_account_credits_handler = {.bind = bind, .render = render};
