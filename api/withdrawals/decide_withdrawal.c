/* POST /v1/withdrawals/{withdrawal_id}/decisions: the first review, the second one, or a refusal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/withdrawal.h"

static const struct withdrawal_args args = {
    .id = DECIDE_WITHDRAWAL_WITHDRAWAL_ID,
    .key = DECIDE_WITHDRAWAL_IDEMPOTENCY_KEY,
    .dry_run = DECIDE_WITHDRAWAL_DRY_RUN,
};

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *reason = &request->args[DECIDE_WITHDRAWAL_REASON_CODE];
    const struct arg *note = &request->args[DECIDE_WITHDRAWAL_NOTE];
    bool is_refusal = span_equal(request->args[DECIDE_WITHDRAWAL_DECISION].text, SPAN("refuse"));
    struct money *money;
    bool is_valid = withdrawal_check_note(request, note) && reason->present == is_refusal;
    if (reason->present != is_refusal) {
        request_fault(request, ARG_BODY, "reason_code", is_refusal ? "required" : "not_allowed", NULL);
    }
    if (!note->present && reason->present && span_equal(reason->text, SPAN("other"))) {
        request_fault(request, ARG_BODY, "note", "required", NULL);
    }
    enum problem problem = withdrawal_begin(request, &args, &money);
    if (problem != PROBLEM_NONE || request->faults_count > 0 || !is_valid) {
        return problem != PROBLEM_NONE ? problem : PROBLEM_VALIDATION_FAILED;
    }
    withdrawal_bind_step(request, STATEMENT_WITHDRAWAL_DECIDE, is_refusal ? "refuse" : "approve", &args, money, call);
    if (reason->present) {
        call_text(call, WITHDRAWAL_DECIDE_PARAM_REASON_CODE, reason->text);
    }
    if (note->present) {
        call_text(call, WITHDRAWAL_DECIDE_PARAM_NOTE, note->text);
    }
    return PROBLEM_NONE;
}

const struct handler decide_withdrawal_handler = {.bind = bind, .render = withdrawal_render};
