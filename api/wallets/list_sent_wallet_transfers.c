/* GET /v1/accounts/{account_id}/wallet-transfers: what an account has sent to wallets, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/wallets/wallet_transfer.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid account_id = request->args[LIST_SENT_WALLET_TRANSFERS_ACCOUNT_ID].uuid;
    struct page *page;
    struct uuid before;
    enum problem problem = access_ask(request, account_id);
    if (problem == PROBLEM_NONE) {
        problem = list_begin_newest(request, LIST_SENT_WALLET_TRANSFERS_LIMIT, LIST_SENT_WALLET_TRANSFERS_CURSOR, &page,
                                    &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_TRANSFERS_SENT);
    call_int(call, WALLET_TRANSFERS_SENT_PARAM_PERSON_KEY, (int64_t)uuid_key(account_id));
    call_uuid(call, WALLET_TRANSFERS_SENT_PARAM_ACCOUNT_ID, account_id);
    call_uuid(call, WALLET_TRANSFERS_SENT_PARAM_BEFORE_ID, before);
    call_int(call, WALLET_TRANSFERS_SENT_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 || !access_may_see(request, row_uuid(rows, 0, WALLET_TRANSFERS_SENT_COLUMN_OWNER_ID),
                                            row_text(rows, 0, WALLET_TRANSFERS_SENT_COLUMN_OWNER_POOL_CODE))) {
        return PROBLEM_NOT_FOUND;
    }
    return wallet_transfer_write_page(request, rows, reply);
}

const struct handler list_sent_wallet_transfers_handler = {.bind = bind, .render = render};
