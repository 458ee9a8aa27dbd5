/* GET /v1/accounts/{account_id}/view-grants: whom the owner lets look, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/views/grants.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_ACCOUNT_VIEW_GRANTS_ACCOUNT_ID].uuid;
    struct page *page;
    struct uuid before;
    enum problem problem = access_ask(request, account_id);
    if (problem == PROBLEM_NONE) {
        problem =
            list_begin_newest(request, LIST_ACCOUNT_VIEW_GRANTS_LIMIT, LIST_ACCOUNT_VIEW_GRANTS_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_VIEW_GRANT_ACCOUNT);
    call_int(call, VIEW_GRANT_ACCOUNT_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, VIEW_GRANT_ACCOUNT_PARAM_ACCOUNT_ID, account_id);
    call_uuid(call, VIEW_GRANT_ACCOUNT_PARAM_BEFORE_ID, before);
    call_date(call, VIEW_GRANT_ACCOUNT_PARAM_TODAY, clock_date_of(clock_real_us()));
    call_int(call, VIEW_GRANT_ACCOUNT_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, VIEW_GRANT_ACCOUNT_COLUMN_PERSON_ID),
                                            row_text(rows, 0, VIEW_GRANT_ACCOUNT_COLUMN_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return grants_write_page(request, rows, reply);
}

const struct handler list_account_view_grants_handler = {.bind = bind, .render = render};
