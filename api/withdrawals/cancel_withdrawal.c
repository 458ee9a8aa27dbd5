/* POST /v1/withdrawals/{withdrawal_id}/cancellation: takes an application back; money that was taken returns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = CANCEL_WITHDRAWAL_WITHDRAWAL_ID,
    .key = CANCEL_WITHDRAWAL_IDEMPOTENCY_KEY,
    .dry_run = CANCEL_WITHDRAWAL_DRY_RUN,
};

static enum problem bind(struct request *request, struct call *call)
{
    struct money *money;
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem == PROBLEM_NONE) {
        withdrawal_bind_step(request, STATEMENT_WITHDRAWAL_CANCEL, "cancel", &args, money, call);
    }
    return problem;
}

const struct handler cancel_withdrawal_handler = {.bind = bind, .render = withdrawal_render};
