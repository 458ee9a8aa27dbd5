/* GET /v1/accounts/{account_id}/pending: what is in flight on an account, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/pending/pending.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_ACCOUNT_PENDING_ACCOUNT_ID].uuid;
    enum problem problem = access_ask(request, account_id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    struct page *page;
    struct uuid before;
    problem = list_begin_newest(request, LIST_ACCOUNT_PENDING_LIMIT, LIST_ACCOUNT_PENDING_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ACCOUNT_PENDING);
    call_int(call, ACCOUNT_PENDING_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, ACCOUNT_PENDING_PARAM_ACCOUNT_ID, account_id);
    call_uuid(call, ACCOUNT_PENDING_PARAM_BEFORE_ID, before);
    call_int(call, ACCOUNT_PENDING_PARAM_ROW_LIMIT, page->limit + 1);
    call_date(call, ACCOUNT_PENDING_PARAM_TODAY, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, ACCOUNT_PENDING_COLUMN_PERSON_ID),
                                            row_text(rows, 0, ACCOUNT_PENDING_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return pending_write_page(request, rows, reply);
}

const struct handler list_account_pending_handler = {.bind = bind, .render = render};
