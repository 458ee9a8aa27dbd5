/* GET /v1/wallet-transfers/{wallet_transfer_id}: for both sides, a minor's guardian, and staff of the sender's pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/wallets/wallet_transfer.h"
#include "server/clock.h"

static bool is_citizen(const struct request *request)
{
    return request->principal.kind == PRINCIPAL_CITIZEN;
}

static enum problem bind(struct request *request, struct call *call)
{
    struct uuid id = request->args[GET_WALLET_TRANSFER_WALLET_TRANSFER_ID].uuid;
    /* The id is the sender's, and the receiver may see it too: the statement judges citizens. */
    enum problem problem = is_citizen(request) ? PROBLEM_NONE : access_ask(request, id);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_WALLET_TRANSFER_GET);
    call_int(call, WALLET_TRANSFER_GET_PARAM_PERSON_KEY, (int64_t)uuid_key(id));
    call_uuid(call, WALLET_TRANSFER_GET_PARAM_WALLET_TRANSFER_ID, id);
    call_date(call, WALLET_TRANSFER_GET_PARAM_TODAY, clock_date_of(clock_business_us()));
    if (is_citizen(request)) {
        call_int(call, WALLET_TRANSFER_GET_PARAM_ASKER_KEY, (int64_t)uuid_key(request->principal.subject_id));
    }
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0 ||
        (!is_citizen(request) && !access_may_see(request, row_uuid(rows, 0, WALLET_TRANSFER_GET_COLUMN_SENDER_ID),
                                                 row_text(rows, 0, WALLET_TRANSFER_GET_COLUMN_POOL_CODE)))) {
        return PROBLEM_NOT_FOUND;
    }
    return wallet_transfer_write_body(request, rows, reply);
}

const struct handler get_wallet_transfer_handler = {.bind = bind, .render = render};
