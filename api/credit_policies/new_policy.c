/* What a version of a plan cannot be, and its tiers and deductions as SQL takes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credit_policies/new_policy.h"
#include "api/access.h"
#include "api/credit_policies/credit_policy.h"
#include "server/text.h"

static void refuse(struct request *request, const char *name, const char *code, const char *zh, const char *en)
{
    request_fault(request, ARG_BODY, name, code, request->language == LANGUAGE_EN ? en : zh);
}

/* Of a field of an object of a list. Without memory the list is named. */
static void refuse_item(struct request *request, const char *list, size_t item, const char *field, const char *code)
{
    const char *place = arena_printf(request->arena, "%s/%zu/%s", list, item, field);
    request_fault(request, ARG_BODY, place == NULL ? list : place, code, NULL);
}

static const struct arg *tier_of(const struct request *request, size_t i)
{
    return &request->args[CREATE_CREDIT_POLICY_TIERS].objects.values[i * CREATE_CREDIT_POLICY_TIERS_FIELDS];
}

static const struct arg *deduction_of(const struct request *request, size_t i)
{
    return &request->args[CREATE_CREDIT_POLICY_DEDUCTIONS].objects.values[i * CREATE_CREDIT_POLICY_DEDUCTIONS_FIELDS];
}

static size_t deductions_count(const struct request *request)
{
    const struct arg *list = &request->args[CREATE_CREDIT_POLICY_DEDUCTIONS];
    return list->present ? list->objects.count : 0;
}

static bool is_fixed(const struct request *request)
{
    return span_equal(request->args[CREATE_CREDIT_POLICY_PLAN_KIND].text, SPAN("fixed"));
}

static void check_period(struct request *request)
{
    const struct arg *args = request->args;
    bool is_yearly = span_equal(args[CREATE_CREDIT_POLICY_PERIOD].text, SPAN("year"));
    bool has_month = args[CREATE_CREDIT_POLICY_POSTING_MONTH].present;
    if (is_yearly && !has_month) {
        refuse(request, "posting_month", "required", "按年划入须指明划入月份。", "A yearly plan needs it.");
    }
    if (!is_yearly && has_month) {
        refuse(request, "posting_month", "not_allowed", "仅按年划入时填写。", "Only a yearly plan has it.");
    }
    if (!is_yearly && args[CREATE_CREDIT_POLICY_IS_PRO_RATED].number != 0) {
        refuse(request, "is_pro_rated", "not_allowed", "仅按年划入时可按月折算。", "Only a yearly plan has twelfths.");
    }
    if (is_yearly && args[CREATE_CREDIT_POLICY_EFFECTIVE_FROM].number % 12 != 0) {
        refuse(request, "effective_from", "not_allowed", "按年划入须自一月起生效。",
               "A yearly plan begins in a January.");
    }
}

static void check_tiers(struct request *request)
{
    bool fixed = is_fixed(request);
    size_t count = request->args[CREATE_CREDIT_POLICY_TIERS].objects.count;
    for (size_t i = 0; i < count; i++) {
        const struct arg *tier = tier_of(request, i);
        const struct arg *amount = &tier[CREATE_CREDIT_POLICY_TIERS_AMOUNT_FEN];
        const struct arg *ratio = &tier[CREATE_CREDIT_POLICY_TIERS_RATIO_BP];
        if (fixed ? !amount->present : !ratio->present) {
            refuse_item(request, "tiers", i, fixed ? "amount_fen" : "ratio_bp", "required");
        }
        if (fixed ? ratio->present : amount->present) {
            refuse_item(request, "tiers", i, fixed ? "ratio_bp" : "amount_fen", "not_allowed");
        }
        for (size_t before = 0; before < i; before++) {
            if (tier_of(request, before)->number == tier->number) {
                refuse_item(request, "tiers", i, "min_age", "duplicate");
                break;
            }
        }
    }
}

/* 0 where all are: nobody is credited, and nothing is deducted. */
static int64_t smallest_amount_fen(const struct request *request)
{
    int64_t smallest = 0;
    for (size_t i = 0; i < request->args[CREATE_CREDIT_POLICY_TIERS].objects.count; i++) {
        const struct arg *amount = &tier_of(request, i)[CREATE_CREDIT_POLICY_TIERS_AMOUNT_FEN];
        if (amount->present && amount->number > 0 && (smallest == 0 || amount->number < smallest)) {
            smallest = amount->number;
        }
    }
    return smallest;
}

static void check_deductions(struct request *request)
{
    int64_t sum_fen = 0;
    for (size_t i = 0; i < deductions_count(request); i++) {
        const struct arg *deduction = deduction_of(request, i);
        sum_fen += deduction[CREATE_CREDIT_POLICY_DEDUCTIONS_AMOUNT_FEN].number;
        for (size_t before = 0; before < i; before++) {
            if (span_equal(deduction_of(request, before)->text, deduction->text)) {
                refuse_item(request, "deductions", i, "kind", "duplicate");
                break;
            }
        }
    }
    if (is_fixed(request) && sum_fen > smallest_amount_fen(request)) {
        refuse(request, "deductions", "too_large", "扣除合计不得超过最低档金额。",
               "Together no more than the smallest amount.");
    }
}

void new_policy_check(struct request *request)
{
    const struct arg *args = request->args;
    if (!access_covers(&request->principal, args[CREATE_CREDIT_POLICY_REGION_CODE].text)) {
        request_fault(request, ARG_BODY, "region_code", "not_allowed", NULL);
    }
    if (args[CREATE_CREDIT_POLICY_PLAN_CODE].present &&
        !credit_plan_code_is_valid(args[CREATE_CREDIT_POLICY_PLAN_CODE].text)) {
        request_fault(request, ARG_BODY, "plan_code", "malformed", NULL);
    }
    if (is_fixed(request) && args[CREATE_CREDIT_POLICY_BASE_FEN].present) {
        refuse(request, "base_fen", "not_allowed", "仅按比例划入时有基数。", "Only a ratio has a base.");
    }
    check_period(request);
    check_tiers(request);
    check_deductions(request);
}

struct span new_policy_tiers(struct request *request)
{
    const char *joined = "";
    for (size_t i = 0; joined != NULL && i < request->args[CREATE_CREDIT_POLICY_TIERS].objects.count; i++) {
        const struct arg *tier = tier_of(request, i);
        int value = is_fixed(request) ? CREATE_CREDIT_POLICY_TIERS_AMOUNT_FEN : CREATE_CREDIT_POLICY_TIERS_RATIO_BP;
        joined =
            arena_printf(request->arena, "%s%s%lld:%lld", joined, i == 0 ? "" : ";",
                         (long long)tier[CREATE_CREDIT_POLICY_TIERS_MIN_AGE].number, (long long)tier[value].number);
    }
    return joined == NULL ? (struct span){0} : span_of(joined);
}

struct span new_policy_deductions(struct request *request)
{
    const char *joined = "";
    for (size_t i = 0; joined != NULL && i < deductions_count(request); i++) {
        const struct arg *deduction = deduction_of(request, i);
        struct span kind = deduction[CREATE_CREDIT_POLICY_DEDUCTIONS_KIND].text;
        joined = arena_printf(request->arena, "%s%s%.*s:%lld", joined, i == 0 ? "" : ";", (int)kind.length, kind.bytes,
                              (long long)deduction[CREATE_CREDIT_POLICY_DEDUCTIONS_AMOUNT_FEN].number);
    }
    return joined == NULL ? (struct span){0} : span_of(joined);
}
