/* POST /v1/withdrawals/{withdrawal_id}/return: gives up what bounced; the money goes back to the account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = RETURN_WITHDRAWAL_WITHDRAWAL_ID,
    .key = RETURN_WITHDRAWAL_IDEMPOTENCY_KEY,
    .dry_run = RETURN_WITHDRAWAL_DRY_RUN,
};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *note = &request->args[RETURN_WITHDRAWAL_NOTE];
    struct money *money;
    bool is_valid = withdrawal_check_note(request, note);
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem != PROBLEM_NONE || !is_valid) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    withdrawal_bind_step(request, STATEMENT_WITHDRAWAL_RETURN, "give_up", &args, money, call);
    if (note->present) {
        call_text(call, WITHDRAWAL_RETURN_PARAM_NOTE, note->text);
    }
    return PROBLEM_NONE;
}

const struct handler return_withdrawal_handler = {.bind = bind, .render = withdrawal_render};
