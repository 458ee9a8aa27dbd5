/* POST /v1/admin/credit-policies/{policy_id}/simulations: what a version would credit somebody who is made up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access.h"
#include "api/fields.h"
#include "server/clock.h"

#define YEAR_MIN 1850 /* person.birth_date */
#define YEAR_MAX 2999

static const struct field fields[] = {
    {"policy_id", CREDIT_POLICY_SIMULATE_COLUMN_POLICY_ID, FIELD_PLAIN},
    {"month", CREDIT_POLICY_SIMULATE_COLUMN_MONTH, FIELD_PLAIN},
    {"status", CREDIT_POLICY_SIMULATE_COLUMN_STATUS, FIELD_PLAIN},
    {"first_month", CREDIT_POLICY_SIMULATE_COLUMN_FIRST_MONTH, FIELD_PLAIN},
    {"last_month", CREDIT_POLICY_SIMULATE_COLUMN_LAST_MONTH, FIELD_PLAIN},
    {"period", CREDIT_POLICY_SIMULATE_COLUMN_PERIOD, FIELD_PLAIN},
    {"period_from", CREDIT_POLICY_SIMULATE_COLUMN_PERIOD_FROM, FIELD_PLAIN},
    {"age_on", CREDIT_POLICY_SIMULATE_COLUMN_AGE_ON, FIELD_PLAIN},
    {"age_years", CREDIT_POLICY_SIMULATE_COLUMN_AGE_YEARS, FIELD_PLAIN},
    {"min_age", CREDIT_POLICY_SIMULATE_COLUMN_MIN_AGE, FIELD_PLAIN},
    {"months", CREDIT_POLICY_SIMULATE_COLUMN_MONTHS, FIELD_PLAIN},
    {"gross_fen", CREDIT_POLICY_SIMULATE_COLUMN_GROSS_FEN, FIELD_PLAIN},
    {"deduction_fen", CREDIT_POLICY_SIMULATE_COLUMN_DEDUCTION_FEN, FIELD_PLAIN},
    {"net_fen", CREDIT_POLICY_SIMULATE_COLUMN_NET_FEN, FIELD_PLAIN},
    {"reckoning", CREDIT_POLICY_SIMULATE_COLUMN_GROSS_FEN, FIELD_OBJECT},
    {"plan_kind", CREDIT_POLICY_SIMULATE_COLUMN_PLAN_KIND, FIELD_PLAIN},
    {"base_fen", CREDIT_POLICY_SIMULATE_COLUMN_BASE_FEN, FIELD_PLAIN},
    {"ratio_bp", CREDIT_POLICY_SIMULATE_COLUMN_RATIO_BP, FIELD_PLAIN},
    {"amount_fen", CREDIT_POLICY_SIMULATE_COLUMN_AMOUNT_FEN, FIELD_PLAIN},
    {"period_months", CREDIT_POLICY_SIMULATE_COLUMN_PERIOD_MONTHS, FIELD_PLAIN},
    {"dividend", CREDIT_POLICY_SIMULATE_COLUMN_DIVIDEND, FIELD_PLAIN},
    {"divisor", CREDIT_POLICY_SIMULATE_COLUMN_DIVISOR, FIELD_PLAIN},
    {"deducted_fen", CREDIT_POLICY_SIMULATE_COLUMN_DEDUCTED_FEN, FIELD_PLAIN},
    {"rounding", CREDIT_POLICY_SIMULATE_COLUMN_ROUNDING, FIELD_PLAIN},
    FIELD_OBJECT_END,
};

static void check(struct request *request)
{
    const struct arg *args = request->args;
    const struct arg *birth_date = &args[SIMULATE_CREDIT_POLICY_BIRTH_DATE];
    const struct arg *deceased_on = &args[SIMULATE_CREDIT_POLICY_DECEASED_ON];
    if (birth_date->number < date_from_civil(YEAR_MIN, 1, 1)) {
        request_fault(request, ARG_BODY, "birth_date", "too_small", NULL);
    }
    if (args[SIMULATE_CREDIT_POLICY_RETIRED_ON].number < birth_date->number) {
        request_fault(request, ARG_BODY, "retired_on", "too_small", NULL);
    }
    if (args[SIMULATE_CREDIT_POLICY_RETIRED_ON].number > date_from_civil(YEAR_MAX, 12, 31)) {
        request_fault(request, ARG_BODY, "retired_on", "too_large", NULL);
    }
    if (deceased_on->present && deceased_on->number < birth_date->number) {
        request_fault(request, ARG_BODY, "deceased_on", "too_small", NULL);
    }
}

static enum problem bind(struct request *request, struct call *call)
{
    const struct arg *args = request->args;
    int64_t month = args[SIMULATE_CREDIT_POLICY_MONTH].number;
    check(request);
    if (request->faults_count > 0) {
        return PROBLEM_VALIDATION_FAILED;
    }
    call_init(call, STATEMENT_CREDIT_POLICY_SIMULATE);
    call_uuid(call, CREDIT_POLICY_SIMULATE_PARAM_POLICY_ID, args[SIMULATE_CREDIT_POLICY_POLICY_ID].uuid);
    access_bind_visible(request, call, CREDIT_POLICY_SIMULATE_PARAM_VISIBLE);
    call_date(call, CREDIT_POLICY_SIMULATE_PARAM_BIRTH_DATE, (int32_t)args[SIMULATE_CREDIT_POLICY_BIRTH_DATE].number);
    call_date(call, CREDIT_POLICY_SIMULATE_PARAM_RETIRED_ON, (int32_t)args[SIMULATE_CREDIT_POLICY_RETIRED_ON].number);
    if (args[SIMULATE_CREDIT_POLICY_DECEASED_ON].present) {
        call_date(call, CREDIT_POLICY_SIMULATE_PARAM_DECEASED_ON,
                  (int32_t)args[SIMULATE_CREDIT_POLICY_DECEASED_ON].number);
    }
    call_date(call, CREDIT_POLICY_SIMULATE_PARAM_MONTH,
              date_from_civil((int32_t)(month / 12), (int32_t)(month % 12) + 1, 1));
    return PROBLEM_NONE;
}

static enum problem render(struct request *request, const struct rows *rows, struct reply *reply)
{
    bool is_early =
        rows->count > 0 && span_equal(row_text(rows, 0, CREDIT_POLICY_SIMULATE_COLUMN_STATUS), SPAN("before_policy"));
    if (is_early) {
        request_fault(request, ARG_BODY, "month", "too_small",
                      request->language == LANGUAGE_EN ? "The version begins later." : "该版本尚未生效。");
        return PROBLEM_VALIDATION_FAILED;
    }
    return fields_write_found(FIELDS(fields), rows, reply);
}

const struct handler simulate_credit_policy_handler = {.bind = bind, .render = render};
