/* GET /v1/admin/system-accounts: the other side of the entries of a pool's accounts, with its balances. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"

static const struct field fields[] = {
    {"system_account", SYSTEM_ACCOUNT_LIST_COLUMN_SYSTEM_ACCOUNT, FIELD_PLAIN},
    {"kind", SYSTEM_ACCOUNT_LIST_COLUMN_KIND, FIELD_PLAIN},
    {"pool_code", SYSTEM_ACCOUNT_LIST_COLUMN_POOL_CODE, FIELD_PLAIN},
    {"counterparty", SYSTEM_ACCOUNT_LIST_COLUMN_COUNTERPARTY, FIELD_PLAIN},
    {"balance_fen", SYSTEM_ACCOUNT_LIST_COLUMN_BALANCE_FEN, FIELD_PLAIN},
    {"entries", SYSTEM_ACCOUNT_LIST_COLUMN_ENTRIES, FIELD_PLAIN},
    {"snapshot_at", SYSTEM_ACCOUNT_LIST_COLUMN_SNAPSHOT_AT, FIELD_PLAIN},
};

static const struct list list = {
    .fields = fields, .fields_count = sizeof fields / sizeof *fields, .presence = LIST_ALWAYS};

static enum problem bind(struct request *request, struct call *call)
{
    struct page *page;
    enum problem problem = list_begin(request, LIST_SYSTEM_ACCOUNTS_LIMIT, LIST_SYSTEM_ACCOUNTS_CURSOR, &page);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    if (page->continued && page->keys_count != 1) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_SYSTEM_ACCOUNT_LIST);
    access_bind_visible(request, call, SYSTEM_ACCOUNT_LIST_PARAM_VISIBLE);
    call_text(call, SYSTEM_ACCOUNT_LIST_PARAM_POOL_CODE, request->args[LIST_SYSTEM_ACCOUNTS_POOL_CODE].text);
    call_text(call, SYSTEM_ACCOUNT_LIST_PARAM_AFTER_NAME, page->continued ? page->keys[0] : SPAN(""));
    call_int(call, SYSTEM_ACCOUNT_LIST_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static unsigned keys_of(struct request *request, const struct rows *rows, int row, struct span keys[PAGE_KEYS])
{
    (void)request;
    keys[0] = row_text(rows, row, SYSTEM_ACCOUNT_LIST_COLUMN_SYSTEM_ACCOUNT);
    return 1;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return list_write_page(&list, request, rows, reply, keys_of);
}

const struct handler list_system_accounts_handler = {.bind = bind, .render = render};
