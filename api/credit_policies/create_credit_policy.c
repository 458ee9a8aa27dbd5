/* POST /v1/admin/credit-policies: drafts a version of a plan, which is never changed again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credit_policies/credit_policy.h"
#include "api/credit_policies/new_policy.h"
#include "api/event.h"
#include "server/clock.h"

#define PLAN_SHIPPED "basic"

/* The first day of a month. */
static int32_t day_of_month(int64_t month)
{
    return date_from_civil((int32_t)(month / 12), (int32_t)(month % 12) + 1, 1);
}

static void bind_terms(const struct arg *args, struct call *call)
{
    call_date(call, CREDIT_POLICY_CREATE_PARAM_EFFECTIVE_FROM,
              day_of_month(args[CREATE_CREDIT_POLICY_EFFECTIVE_FROM].number));
    call_text(call, CREDIT_POLICY_CREATE_PARAM_PLAN_KIND, args[CREATE_CREDIT_POLICY_PLAN_KIND].text);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_PERIOD, args[CREATE_CREDIT_POLICY_PERIOD].text);
    if (args[CREATE_CREDIT_POLICY_POSTING_MONTH].present) {
        call_int(call, CREDIT_POLICY_CREATE_PARAM_POSTING_MONTH, args[CREATE_CREDIT_POLICY_POSTING_MONTH].number);
    }
    call_bool(call, CREDIT_POLICY_CREATE_PARAM_IS_PRO_RATED, args[CREATE_CREDIT_POLICY_IS_PRO_RATED].number != 0);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_AGE_BASIS, args[CREATE_CREDIT_POLICY_AGE_BASIS].text);
    if (args[CREATE_CREDIT_POLICY_BASE_FEN].present) {
        call_int(call, CREDIT_POLICY_CREATE_PARAM_BASE_FEN, args[CREATE_CREDIT_POLICY_BASE_FEN].number);
    }
    call_text(call, CREDIT_POLICY_CREATE_PARAM_ROUNDING, args[CREATE_CREDIT_POLICY_ROUNDING].text);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_LEGAL_BASIS, args[CREATE_CREDIT_POLICY_LEGAL_BASIS].text);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_SOURCE, args[CREATE_CREDIT_POLICY_SOURCE].text);
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    const struct arg *plan = &args[CREATE_CREDIT_POLICY_PLAN_CODE];
    new_policy_check(request);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    struct span tiers = new_policy_tiers(request);
    struct span deductions = new_policy_deductions(request);
    if (tiers.bytes == NULL || deductions.bytes == NULL) {
        return PROBLEM_INTERNAL_ERROR;
    }
    call_init(call, STATEMENT_CREDIT_POLICY_CREATE);
    call_uuid(call, CREDIT_POLICY_CREATE_PARAM_POLICY_ID, uuid_make(uuid_random_key()));
    call_text(call, CREDIT_POLICY_CREATE_PARAM_REGION_CODE, args[CREATE_CREDIT_POLICY_REGION_CODE].text);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_PLAN_CODE, plan->present ? plan->text : SPAN(PLAN_SHIPPED));
    bind_terms(args, call);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_TIERS, tiers);
    call_text(call, CREDIT_POLICY_CREATE_PARAM_DEDUCTIONS, deductions);
    event_bind(request, call, CREDIT_POLICY_CREATE_PARAM_EVENT_ID, uuid_random_key());
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    if (span_equal(row_text(rows, 0, CREDIT_POLICY_CREATE_COLUMN_STATUS), SPAN("unknown_region"))) {
        request_fault(request, ARG_BODY, "region_code", "unknown", NULL);
        return PROBLEM_VALIDATION_FAILED;
    }
    char id[UUID_TEXT_LENGTH + 1];
    uuid_format(row_uuid(rows, 0, CREDIT_POLICY_CREATE_COLUMN_POLICY_ID), id);
    reply_created(reply, arena_printf(request->arena, "/v1/admin/credit-policies/%s", id));
    return credit_policy_render(request, rows, reply);
}

const struct handler create_credit_policy_handler = {.bind = bind, .render = render};
