/* GET /v1/admin/credit-policies: versions of plans, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/credit_policies/credit_policy.h"
#include "server/clock.h"

static void bind_filters(struct request *request, struct call *call)
{
    static const struct {
        int arg, param;
    } filters[] = {
        {LIST_CREDIT_POLICIES_REGION_CODE, CREDIT_POLICY_LIST_PARAM_REGION_CODE},
        {LIST_CREDIT_POLICIES_PLAN_CODE, CREDIT_POLICY_LIST_PARAM_PLAN_CODE},
        {LIST_CREDIT_POLICIES_STATE, CREDIT_POLICY_LIST_PARAM_STATE},
    };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        const struct arg *arg = &request->args[filters[i].arg];
        if (arg->present) {
            call_text(call, filters[i].param, arg->text);
        }
    }
}

static bool bind_position(const struct page *page, struct call *call)
{
    int64_t before_us = clock_instant_of_date(date_from_civil(9999, 12, 31));
    struct uuid before;
    memset(&before, 0xff, sizeof before);
    if (page->continued &&
        (page->keys_count != 2 || !list_key_int(page->keys[0], &before_us) || !uuid_parse(page->keys[1], &before))) {
        return false;
    }
    call_instant(call, CREDIT_POLICY_LIST_PARAM_BEFORE_AT, before_us);
    call_uuid(call, CREDIT_POLICY_LIST_PARAM_BEFORE_POLICY_ID, before);
    call_int(call, CREDIT_POLICY_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return true;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_CREDIT_POLICIES_LIMIT, LIST_CREDIT_POLICIES_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CREDIT_POLICY_LIST);
    access_bind_visible(request, call, CREDIT_POLICY_LIST_PARAM_VISIBLE);
    bind_filters(request, call);
    return bind_position(page, call) ? PROBLEM_NONE : PROBLEM_INTERNAL_ERROR;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    list_id_key(request, rows, row, CREDIT_POLICY_LIST_COLUMN_POLICY_ID, keys);
    keys[1] = keys[0];
    keys[0] = span_of(
        arena_printf(request->arena, "%lld", (long long)row_instant(rows, row, CREDIT_POLICY_LIST_COLUMN_CREATED_AT)));
    return 2;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&credit_policies, request, rows, reply, keys_of);
}

const struct handler list_credit_policies_handler = {.bind = bind, .render = render};
