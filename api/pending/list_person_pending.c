/* GET /v1/people/{person_id}/pending: what is under way for a person or waits for their answer, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/pending/pending.h"
#include "server/clock.h"

_Static_assert((int)PERSON_PENDING_COLUMN_CHARGE_ID == (int)ACCOUNT_PENDING_COLUMN_CHARGE_ID,
               "the columns are those of account_pending");

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_PERSON_PENDING_PERSON_ID].uuid;
    struct page *page;
    struct uuid before;
    enum problem problem = access_ask(request, person_id);
    if (problem == PROBLEM_NONE) {
        problem = list_begin_newest(request, LIST_PERSON_PENDING_LIMIT, LIST_PERSON_PENDING_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_PERSON_PENDING);
    call_int(call, PERSON_PENDING_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, PERSON_PENDING_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, PERSON_PENDING_PARAM_VISIBLE);
    call_bool(call, PERSON_PENDING_PARAM_HAS_OWN, request->principal.kind == PRINCIPAL_CITIZEN);
    call_instant(call, PERSON_PENDING_PARAM_AT, clock_real_us());
    call_uuid(call, PERSON_PENDING_PARAM_BEFORE_ID, before);
    call_int(call, PERSON_PENDING_PARAM_ROW_LIMIT, page->limit + 1);
    call_date(call, PERSON_PENDING_PARAM_TODAY, clock_date_of(clock_business_us()));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : pending_write_page(request, rows, reply);
}

const struct handler list_person_pending_handler = {.bind = bind, .render = render};
