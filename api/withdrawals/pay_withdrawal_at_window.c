/* POST /v1/withdrawals/{withdrawal_id}/window-payment: the agency has paid in cash or by cheque. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = PAY_WITHDRAWAL_AT_WINDOW_WITHDRAWAL_ID,
    .key = PAY_WITHDRAWAL_AT_WINDOW_IDEMPOTENCY_KEY,
    .dry_run = PAY_WITHDRAWAL_AT_WINDOW_DRY_RUN,
};

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money;
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    int32_t paid_on = withdrawal_paid_on(request, &request->args[PAY_WITHDRAWAL_AT_WINDOW_PAID_ON], money);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    withdrawal_bind_step(request, STATEMENT_WITHDRAWAL_WINDOW_PAYMENT, "pay_at_window", &args, money, call);
    call_text(call, WITHDRAWAL_WINDOW_PAYMENT_PARAM_REASON_CODE, request->args[PAY_WITHDRAWAL_AT_WINDOW_MEANS].text);
    call_date(call, WITHDRAWAL_WINDOW_PAYMENT_PARAM_PAID_ON, paid_on);
    return PROBLEM_NONE;
}

const struct handler pay_withdrawal_at_window_handler = {.bind = bind, .render = withdrawal_render};
