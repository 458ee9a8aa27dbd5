/* GET /v1/admin/tokens: the tokens, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "server/clock.h"

static const struct field fields[] = {
    {"token_id", TOKEN_LIST_COLUMN_TOKEN_ID, FIELD_PLAIN},
    {"kind", TOKEN_LIST_COLUMN_KIND, FIELD_PLAIN},
    {"subject_id", TOKEN_LIST_COLUMN_SUBJECT_ID, FIELD_PLAIN},
    {"label", TOKEN_LIST_COLUMN_LABEL, FIELD_PLAIN},
    {"roles", TOKEN_LIST_COLUMN_ROLES, FIELD_WORDS},
    {"regions", TOKEN_LIST_COLUMN_REGIONS, FIELD_WORDS},
    {"created_at", TOKEN_LIST_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"expires_at", TOKEN_LIST_COLUMN_EXPIRES_AT, FIELD_PLAIN},
    {"revoked_at", TOKEN_LIST_COLUMN_REVOKED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static void bind_filters(struct request *request, struct call *call)
{
    const struct arg *kind = &request->args[LIST_TOKENS_KIND];
    const struct arg *subject_id = &request->args[LIST_TOKENS_SUBJECT_ID];
    const struct arg *active = &request->args[LIST_TOKENS_ACTIVE];
    access_bind_visible(request, call, TOKEN_LIST_PARAM_VISIBLE);
    call_instant(call, TOKEN_LIST_PARAM_AT, clock_real_us());
    if (kind->present) {
        call_text(call, TOKEN_LIST_PARAM_KIND, kind->text);
    }
    if (subject_id->present) {
        call_uuid(call, TOKEN_LIST_PARAM_SUBJECT_ID, subject_id->uuid);
    }
    if (active->present) {
        call_bool(call, TOKEN_LIST_PARAM_IS_ACTIVE, active->number != 0);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_TOKENS_LIMIT, LIST_TOKENS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_TOKEN_LIST);
    call_uuid(call, TOKEN_LIST_PARAM_BEFORE_TOKEN_ID, before);
    call_int(call, TOKEN_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    bind_filters(request, call);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, TOKEN_LIST_COLUMN_TOKEN_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_tokens_handler = {.bind = bind, .render = render};
