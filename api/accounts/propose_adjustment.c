/* POST /v1/admin/accounts/{account_id}/adjustments: proposes to credit or debit an account by hand. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/money.h"
#include "api/proposals/proposal.h"
#include "api/proposals/propose.h"

static void bind_amount(const struct arg *args, struct call *call)
{
    const struct arg *linked = &args[PROPOSE_ADJUSTMENT_LINKED_ENTRY_ID];
    call_text(call, ADJUSTMENT_PROPOSE_PARAM_PART, args[PROPOSE_ADJUSTMENT_PART].text);
    call_text(call, ADJUSTMENT_PROPOSE_PARAM_DIRECTION, args[PROPOSE_ADJUSTMENT_DIRECTION].text);
    call_int(call, ADJUSTMENT_PROPOSE_PARAM_AMOUNT_FEN, args[PROPOSE_ADJUSTMENT_AMOUNT_FEN].number);
    if (linked->present) {
        call_uuid(call, ADJUSTMENT_PROPOSE_PARAM_LINKED_ENTRY_ID, linked->uuid);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    struct uuid account_id = args[PROPOSE_ADJUSTMENT_ACCOUNT_ID].uuid;
    uint64_t key = uuid_key(account_id);
    struct money *money = arena_alloc(request->arena, sizeof *money);
    enum problem problem =
        money == NULL ? PROBLEM_INTERNAL_ERROR
                      : money_begin(request, PROPOSE_ADJUSTMENT_IDEMPOTENCY_KEY, PROPOSE_ADJUSTMENT_DRY_RUN, money);
    propose_check_reason(request, &args[PROPOSE_ADJUSTMENT_REASON]);
    if (problem == PROBLEM_NONE && request->faults_count > 0) {
        problem = PROBLEM_VALIDATION_FAILED;
    }
    if (problem == PROBLEM_NONE && request->is_dry_run) {
        problem = access_ask(request, account_id); /* what it tells of the balance leaves a trace, as any look does */
    }
    if (problem != PROBLEM_NONE) {
        return problem;
    }
    call_init(call, STATEMENT_ADJUSTMENT_PROPOSE);
    call_uuid(call, ADJUSTMENT_PROPOSE_PARAM_PROPOSAL_ID, uuid_make(key));
    call_uuid(call, ADJUSTMENT_PROPOSE_PARAM_ENTRY_ID, uuid_make(key));
    call_int(call, ADJUSTMENT_PROPOSE_PARAM_PERSON_KEY, (int64_t)key);
    call_uuid(call, ADJUSTMENT_PROPOSE_PARAM_ACCOUNT_ID, account_id);
    access_bind_visible(request, call, ADJUSTMENT_PROPOSE_PARAM_VISIBLE);
    bind_amount(args, call);
    propose_bind(request, call, ADJUSTMENT_PROPOSE_PARAM_REASON, key, &args[PROPOSE_ADJUSTMENT_REASON],
                 &args[PROPOSE_ADJUSTMENT_SOURCE_DOCUMENT]);
    call_text(call, ADJUSTMENT_PROPOSE_PARAM_KEY, money->key);
    call_bytea(call, ADJUSTMENT_PROPOSE_PARAM_CONTENT_HASH,
               (struct span){.bytes = (const char *)money->content_hash, .length = sizeof money->content_hash});
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    struct span status = row_text(rows, 0, ADJUSTMENT_PROPOSE_COLUMN_STATUS);
    bool is_proposed = span_equal(status, SPAN("proposed"));
    if (span_equal(status, SPAN("unknown_entry"))) {
        request_fault(request, ARG_BODY, "linked_entry_id", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    enum problem problem = money_outcome(request, is_proposed ? SPAN("created") : status,
                                         row_bool(rows, 0, ADJUSTMENT_PROPOSE_COLUMN_IS_REPLAYED), reply);
    return problem == PROBLEM_NONE ? proposal_render(request, rows, reply) : problem;
}

const struct handler propose_adjustment_handler = {.bind = bind, .render = render};
