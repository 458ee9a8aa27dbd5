/* GET /v1/people/{person_id}/wallet-transfers: what a person was sent by wallet, newest first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/list.h"
#include "api/wallets/wallet_transfer.h"

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid person_id = request->args[LIST_RECEIVED_WALLET_TRANSFERS_PERSON_ID].uuid;
    struct page *page;
    struct uuid before;
    enum problem problem = access_ask(request, person_id);
    if (problem == PROBLEM_NONE) {
        problem = list_begin_newest(request, LIST_RECEIVED_WALLET_TRANSFERS_LIMIT,
                                    LIST_RECEIVED_WALLET_TRANSFERS_CURSOR, &page, &before);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_TRANSFERS_RECEIVED);
    call_int(call, WALLET_TRANSFERS_RECEIVED_PARAM_PERSON_KEY, (int64_t)uuid_key(person_id));
    call_uuid(call, WALLET_TRANSFERS_RECEIVED_PARAM_PERSON_ID, person_id);
    access_bind_visible(request, call, WALLET_TRANSFERS_RECEIVED_PARAM_VISIBLE);
    call_uuid(call, WALLET_TRANSFERS_RECEIVED_PARAM_BEFORE_ID, before);
    call_int(call, WALLET_TRANSFERS_RECEIVED_PARAM_ROW_LIMIT, page->limit + 1);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    return rows->count == 0 ? PROBLEM_NOT_FOUND : wallet_transfer_write_page(request, rows, reply);
}

const struct handler list_received_wallet_transfers_handler = {.bind = bind, .render = render};
