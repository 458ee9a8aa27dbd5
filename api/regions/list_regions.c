/* GET /v1/regions: the administrative divisions, in the order of their codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list.h"
#include "api/regions/public.h"

static const struct field fields[] = {
    {"region_code", REGION_LIST_COLUMN_REGION_CODE, FIELD_PLAIN},
    {"name", REGION_LIST_COLUMN_NAME, FIELD_PLAIN},
    {"level", REGION_LIST_COLUMN_LEVEL, FIELD_PLAIN},
    {"parent_code", REGION_LIST_COLUMN_PARENT_CODE, FIELD_PLAIN},
    {"is_pool", REGION_LIST_COLUMN_IS_POOL, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS, .is_tagged = true};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_REGIONS_LIMIT, LIST_REGIONS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && page->keys_count != 1) {
        return PROBLEM_INTERNAL_ERROR;
    }
    const struct arg *level = &request->args[LIST_REGIONS_LEVEL];
    const struct arg *parent = &request->args[LIST_REGIONS_PARENT];
    call_init(call, STATEMENT_REGION_LIST);
    call_text(call, REGION_LIST_PARAM_AFTER_REGION_CODE, page->continued ? page->keys[0] : SPAN(""));
    call_int(call, REGION_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    if (level->present) {
        call_text(call, REGION_LIST_PARAM_LEVEL, level->text);
    }
    if (parent->present) {
        call_text(call, REGION_LIST_PARAM_PARENT_CODE, parent->text);
    }
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    (void)request;
    keys[0] = row_text(rows, row, REGION_LIST_COLUMN_REGION_CODE);
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    public_cache(reply);
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_regions_handler = {.bind = bind, .render = render};
