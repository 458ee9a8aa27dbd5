/* GET /v1/admin/clients: the registered clients, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"client_id", CLIENT_LIST_COLUMN_CLIENT_ID, FIELD_PLAIN},
    {"kind", CLIENT_LIST_COLUMN_KIND, FIELD_PLAIN},
    {"name", CLIENT_LIST_COLUMN_NAME, FIELD_PLAIN},
    {"contact", CLIENT_LIST_COLUMN_CONTACT, FIELD_PLAIN},
    {"regions", CLIENT_LIST_COLUMN_REGIONS, FIELD_WORDS},
    {"state", CLIENT_LIST_COLUMN_STATE, FIELD_PLAIN},
    {"institution_type", CLIENT_LIST_COLUMN_INSTITUTION_TYPE, FIELD_PLAIN},
    {"institution_code", CLIENT_LIST_COLUMN_INSTITUTION_CODE, FIELD_PLAIN},
    {"created_at", CLIENT_LIST_COLUMN_CREATED_AT, FIELD_PLAIN},
    {"changed_at", CLIENT_LIST_COLUMN_CHANGED_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    struct uuid before;
    enum problem problem = list_begin_newest(request, LIST_CLIENTS_LIMIT, LIST_CLIENTS_CURSOR, &page, &before);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_CLIENT_LIST);
    access_bind_visible(request, call, CLIENT_LIST_PARAM_VISIBLE);
    call_uuid(call, CLIENT_LIST_PARAM_BEFORE_CLIENT_ID, before);
    if (request->args[LIST_CLIENTS_KIND].present) {
        call_text(call, CLIENT_LIST_PARAM_KIND, request->args[LIST_CLIENTS_KIND].text);
    }
    if (request->args[LIST_CLIENTS_STATE].present) {
        call_text(call, CLIENT_LIST_PARAM_STATE, request->args[LIST_CLIENTS_STATE].text);
    }
    call_int(call, CLIENT_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    return list_id_key(request, rows, row, CLIENT_LIST_COLUMN_CLIENT_ID, keys);
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_clients_handler = {.bind = bind, .render = render};
