/* POST /v1/withdrawals/{withdrawal_id}/bank-account: where it is to be paid to, after a payout that bounced. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/sealed.h"
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = CHANGE_WITHDRAWAL_BANK_ACCOUNT_WITHDRAWAL_ID,
    .key = CHANGE_WITHDRAWAL_BANK_ACCOUNT_IDEMPOTENCY_KEY,
    .dry_run = CHANGE_WITHDRAWAL_BANK_ACCOUNT_DRY_RUN,
};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *card = &request->args[CHANGE_WITHDRAWAL_BANK_ACCOUNT_BANK_CARD];
    struct span sealed;
    struct money *money;
    bool is_valid = withdrawal_check_card(request, card);
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem != PROBLEM_NONE || !is_valid) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    if (!sealed_make(request, "withdrawal.bank_card", request->args[args.id].uuid, card->text, &sealed)) {
        return PROBLEM_INTERNAL_ERROR;
    }
    withdrawal_bind_step(request, STATEMENT_WITHDRAWAL_BANK_ACCOUNT, "change_bank_account", &args, money, call);
    call_bytea(call, WITHDRAWAL_BANK_ACCOUNT_PARAM_BANK_CARD, sealed);
    return PROBLEM_NONE;
}

const struct handler change_withdrawal_bank_account_handler = {.bind = bind, .render = withdrawal_render};
