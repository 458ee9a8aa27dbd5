/* GET /v1/admin/employers: by code, or by name where one begins with something. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/employers/employer.h"
#include "api/list.h"

static const struct field fields[] = EMPLOYER_FIELDS(EMPLOYER_LIST);

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *prefix = &request->args[LIST_EMPLOYERS_NAME_PREFIX];
    struct page *page;
    enum problem problem = list_begin(request, LIST_EMPLOYERS_LIMIT, LIST_EMPLOYERS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && page->keys_count != 2) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_EMPLOYER_LIST);
    call_text(call, EMPLOYER_LIST_PARAM_AFTER_CODE, page->continued ? page->keys[0] : SPAN(""));
    call_int(call, EMPLOYER_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    if (prefix->present) {
        call_text(call, EMPLOYER_LIST_PARAM_NAME_PREFIX, prefix->text);
        if (page->continued) {
            call_text(call, EMPLOYER_LIST_PARAM_AFTER_NAME, page->keys[1]);
        }
    }
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    (void)request;
    keys[0] = row_text(rows, row, EMPLOYER_LIST_COLUMN_EMPLOYER_CODE);
    keys[1] = row_text(rows, row, EMPLOYER_LIST_COLUMN_NAME);
    return 2;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_employers_handler = {.bind = bind, .render = render};
