/* What accepting, declining and cancelling a transfer to a wallet have in common. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/states.h"
#include "api/wallets/wallet_transfer.h"

#define SAME_PARAMS(name)                                                                                              \
    _Static_assert((int)name##_PARAM_PERSON_KEY == (int)WALLET_TRANSFER_ACCEPT_PARAM_PERSON_KEY &&                     \
                       (int)name##_PARAM_HASH_ALGORITHM == (int)WALLET_TRANSFER_ACCEPT_PARAM_HASH_ALGORITHM,           \
                   "it is bound as wallet_transfer_accept")
SAME_PARAMS(WALLET_TRANSFER_DECLINE);
SAME_PARAMS(WALLET_TRANSFER_CANCEL);

static const struct state_columns columns = {
    .status = WALLET_TRANSFER_CREATE_COLUMN_STATUS,
    .is_replayed = WALLET_TRANSFER_CREATE_COLUMN_IS_REPLAYED,
    .state = WALLET_TRANSFER_CREATE_COLUMN_REFUSED_STATE,
    .possible = WALLET_TRANSFER_CREATE_COLUMN_POSSIBLE,
};

enum problem wallet_transfer_end_bind(struct request *request, struct call *call, enum statement statement,
                                      const struct wallet_transfer_args *args)
{
    struct uuid id = request->args[args->wallet_transfer_id].uuid;
    struct uuid caller_id = request->principal.subject_id;
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem =
        money == NULL ? PROBLEM_INTERNAL_ERROR : money_begin(request, args->idempotency_key, args->dry_run, money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, statement);
    call_int(call, WALLET_TRANSFER_ACCEPT_PARAM_PERSON_KEY, (int64_t)uuid_key(id));
    call_uuid(call, WALLET_TRANSFER_ACCEPT_PARAM_WALLET_TRANSFER_ID, id);
    call_int(call, WALLET_TRANSFER_ACCEPT_PARAM_CALLER_KEY, (int64_t)uuid_key(caller_id));
    call_date(call, WALLET_TRANSFER_ACCEPT_PARAM_BUSINESS_DATE, money->business_date);
    call_instant(call, WALLET_TRANSFER_ACCEPT_PARAM_INSTANT, money->instant_us);
    call_uuid(call, WALLET_TRANSFER_ACCEPT_PARAM_PRINCIPAL_ID, caller_id);
    call_text(call, WALLET_TRANSFER_ACCEPT_PARAM_KEY, money->key);
    call_bytea(call, WALLET_TRANSFER_ACCEPT_PARAM_CONTENT_HASH, money_content(money));
    call_uuid(call, WALLET_TRANSFER_ACCEPT_PARAM_EVENT_ID, uuid_make(uuid_key(id)));
    call_text(call, WALLET_TRANSFER_ACCEPT_PARAM_REQUEST_ID, span_of(request->request_id));
    call_instant(call, WALLET_TRANSFER_ACCEPT_PARAM_REAL_INSTANT, money->real_us);
    call_text(call, WALLET_TRANSFER_ACCEPT_PARAM_HASH_ALGORITHM, money->hash_algorithm);
    return PROBLEM_NONE;
}

enum problem wallet_transfer_outcome(struct request *request, const struct rows *rows, struct reply *reply)
{
    return state_outcome(request, rows, &columns, reply);
}

enum problem wallet_transfer_end_render(struct request *request, const struct rows *rows, struct reply *reply)
{
    enum problem problem = wallet_transfer_outcome(request, rows, reply);
    return problem == PROBLEM_NONE ? wallet_transfer_write_body(request, rows, reply) : problem;
}
