/* GET /v1/accounts/{account_id}/family-members: with whom an account is shared, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/member.h"
#include "api/list.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_FAMILY_MEMBERS_ACCOUNT_ID].uuid;
    struct uuid before;
    struct page *page;
    enum problem problem = access_ask(request, account_id);
    if (problem == PROBLEM_NONE) {
        problem = list_begin_newest(request, LIST_FAMILY_MEMBERS_LIMIT, LIST_FAMILY_MEMBERS_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_FAMILY_MEMBER_LIST);
    call_int(call, FAMILY_MEMBER_LIST_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, FAMILY_MEMBER_LIST_PARAM_OWNED_ID, account_id);
    member_bind_asker(request, call, FAMILY_MEMBER_LIST_PARAM_ASKER_KEY, FAMILY_MEMBER_LIST_PARAM_VISIBLE);
    call_date(call, FAMILY_MEMBER_LIST_PARAM_DAY, clock_date_of(clock_business_us()));
    call_bool(call, FAMILY_MEMBER_LIST_PARAM_IS_OPEN, request->args[LIST_FAMILY_MEMBERS_OPEN].number != 0);
    call_uuid(call, FAMILY_MEMBER_LIST_PARAM_BEFORE, before);
    call_int(call, FAMILY_MEMBER_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, FAMILY_MEMBER_LIST_COLUMN_OWNED_BY),
                                            row_text(rows, 0, FAMILY_MEMBER_LIST_COLUMN_OWNED_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return member_write_page(request, rows, FAMILY_MEMBER_LIST_COLUMN_FAMILY_MEMBER_ID, reply);
}

const struct handler list_family_members_handler = {.bind = bind, .render = render};
