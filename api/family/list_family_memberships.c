/* GET /v1/people/{person_id}/family-memberships: whose accounts somebody may use, or was invited to, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/family/member.h"
#include "api/list.h"
#include "server/clock.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_FAMILY_MEMBERSHIPS_PERSON_ID].uuid;
    struct uuid before;
    struct page *page;
    enum problem problem = access_ask(request, person_id);
    if (problem == PROBLEM_NONE) {
        problem =
            list_begin_newest(request, LIST_FAMILY_MEMBERSHIPS_LIMIT, LIST_FAMILY_MEMBERSHIPS_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_FAMILY_MEMBERSHIP_LIST);
    call_int(call, FAMILY_MEMBERSHIP_LIST_PARAM_MEMBER_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, FAMILY_MEMBERSHIP_LIST_PARAM_ASKED_ID, person_id);
    member_bind_asker(request, call, FAMILY_MEMBERSHIP_LIST_PARAM_ASKER_KEY, FAMILY_MEMBERSHIP_LIST_PARAM_VISIBLE);
    call_date(call, FAMILY_MEMBERSHIP_LIST_PARAM_DAY, clock_date_of(clock_business_us()));
    call_bool(call, FAMILY_MEMBERSHIP_LIST_PARAM_IS_OPEN, request->args[LIST_FAMILY_MEMBERSHIPS_OPEN].number != 0);
    call_uuid(call, FAMILY_MEMBERSHIP_LIST_PARAM_BEFORE, before);
    call_int(call, FAMILY_MEMBERSHIP_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND
                            : member_write_page(request, rows, FAMILY_MEMBERSHIP_LIST_COLUMN_FAMILY_MEMBER_ID, reply);
}

const struct handler list_family_memberships_handler = {.bind = bind, .render = render};
