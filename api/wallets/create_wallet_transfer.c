/* POST /v1/accounts/{account_id}/wallet-transfers: the owner sends money to a relative's wallet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/wallets/wallet_transfer.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid account_id = args[CREATE_WALLET_TRANSFER_ACCOUNT_ID].uuid;
    uint64_t key = uuid_key(account_id);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem = money == NULL ? PROBLEM_INTERNAL_ERROR
                                         : money_begin(request, CREATE_WALLET_TRANSFER_IDEMPOTENCY_KEY,
                                                       CREATE_WALLET_TRANSFER_DRY_RUN, money);
    if (problem == PROBLEM_NONE) {
        problem = access_ask(request, account_id);
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_TRANSFER_CREATE);
    call_uuid(call, WALLET_TRANSFER_CREATE_PARAM_WALLET_TRANSFER_ID, uuid_make(key));
    call_int(call, WALLET_TRANSFER_CREATE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, WALLET_TRANSFER_CREATE_PARAM_ACCOUNT_ID, account_id);
    call_uuid(call, WALLET_TRANSFER_CREATE_PARAM_FAMILY_MEMBER_ID, args[CREATE_WALLET_TRANSFER_FAMILY_MEMBER_ID].uuid);
    call_int(call, WALLET_TRANSFER_CREATE_PARAM_AMOUNT_FEN, args[CREATE_WALLET_TRANSFER_AMOUNT_FEN].number);
    call_date(call, WALLET_TRANSFER_CREATE_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, WALLET_TRANSFER_CREATE_PARAM_INSTANT, money->instant_us);
    call_uuid(call, WALLET_TRANSFER_CREATE_PARAM_PRINCIPAL_ID, request->principal.subject_id);
    call_text(call, WALLET_TRANSFER_CREATE_PARAM_KEY, money->key);
    call_bytea(call, WALLET_TRANSFER_CREATE_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, WALLET_TRANSFER_CREATE_PARAM_EVENT_ID, uuid_make(key));
    call_text(call, WALLET_TRANSFER_CREATE_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, WALLET_TRANSFER_CREATE_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, WALLET_TRANSFER_CREATE_PARAM_HASH_ALGORITHM, money->hash_algorithm);
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = wallet_transfer_outcome(request, rows, reply);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, WALLET_TRANSFER_CREATE_COLUMN_WALLET_TRANSFER_ID), id);
    reply_created(reply, arena_printf(request->arena, "/v1/wallet-transfers/%s", id));
    return wallet_transfer_write_body(request, rows, reply);
}

const struct handler create_wallet_transfer_handler = {.bind = bind, .render = render};
