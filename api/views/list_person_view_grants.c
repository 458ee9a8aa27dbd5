/* GET /v1/people/{person_id}/view-grants: whose accounts somebody may look at, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/views/grants.h"
#include "api/views/view.h"
#include "server/clock.h"

VIEW_SAME_COLUMNS(VIEW_GRANT_PERSON, VIEW_GRANT_ACCOUNT, NAME_SEALED);

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_VIEW_GRANTS_PERSON_ID].uuid;
    struct page *page;
    struct uuid before;
    enum problem problem = access_ask(request, person_id);
    if (problem == PROBLEM_NONE) {
        problem =
            list_begin_newest(request, LIST_PERSON_VIEW_GRANTS_LIMIT, LIST_PERSON_VIEW_GRANTS_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_VIEW_GRANT_PERSON);
    call_int(call, VIEW_GRANT_PERSON_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, VIEW_GRANT_PERSON_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, VIEW_GRANT_PERSON_PARAM_VISIBLE);
    call_uuid(call, VIEW_GRANT_PERSON_PARAM_BEFORE_ID, before);
    call_date(call, VIEW_GRANT_PERSON_PARAM_TODAY, clock_date_of(clock_real_us()));
    call_int(call, VIEW_GRANT_PERSON_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : grants_write_page(request, rows, reply);
}

const struct handler list_person_view_grants_handler = {.bind = bind, .render = render};
