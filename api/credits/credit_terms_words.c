/* The rule that a credit goes by, the age and the amount, as clauses of a sentence. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/credit_terms_words.h"
#include "server/clock.h"

void credit_say_whose(const struct say *say, const struct credit_facts *facts, const char *en)
{
    say_words(say, facts->is_deceased ? "参保人" : "您", en);
}

static void say_tier(const struct say *say, const struct credit_facts *facts)
{
    bool is_lowest = facts->min_age == 0, is_highest = facts->below_age == CREDIT_NONE;
    if (is_lowest && is_highest) {
        return;
    }
    say_words(say, "中", ", for ages ");
    if (is_lowest) {
        say_words(say, "", "under ");
    } else if (!is_highest) {
        say_number(say, facts->min_age);
        say_words(say, "周岁及以上、", " to ");
    }
    say_number(say, is_highest ? facts->min_age : facts->below_age - (say->language == LANGUAGE_EN && !is_lowest));
    say_words(say, is_highest ? "周岁及以上的一档" : "周岁以下的一档", is_highest ? " and over" : "");
}

/* 天水市参照甘肃省2020年1月起执行的标准（依据：…） */
void credit_say_rule(const struct say *say, const struct credit_facts *facts)
{
    bool is_own = span_equal(facts->pool_code, facts->policy_region_code);
    bool is_english = say->language == LANGUAGE_EN;
    say_words(say, "", is_own ? "that of pool " : "that of region ");
    say_span(say, !is_english ? facts->pool_name : is_own ? facts->pool_code : facts->policy_region_code);
    if (!is_own) {
        say_words(say, "参照", ", which pool ");
        say_span(say, is_english ? facts->pool_code : facts->policy_region_name);
        say_words(say, "", " follows");
    }
    say_words(say, "", ", in force from ");
    say_month(say, facts->effective_from);
    say_words(say, "起执行的标准", "");
    say_tier(say, facts);
    say_words(say, "（依据：", " (legal basis: ");
    say_span(say, facts->legal_basis);
    say_words(say, "）", ")");
}

void credit_say_age(const struct say *say, const struct credit_facts *facts, bool opens)
{
    say_words(say, "截至", opens ? "By " : "by ");
    say_day(say, facts->age_on);
    if (opens) {
        say_words(say, "，", "");
        credit_say_whose(say, facts, "");
    }
    say_words(say, "已年满",
              facts->is_deceased ? " the insured person had reached the age of " : " you had reached the age of ");
    say_number(say, facts->age_years);
    say_words(say, "周岁，适用", opens ? "; the rule that applies is " : ", and the rule that applies is ");
    credit_say_rule(say, facts);
}

static int32_t last_month_of_period(const struct credit_facts *facts)
{
    int32_t year, month, day;
    date_to_civil(facts->period_start, &year, &month, &day);
    return facts->is_yearly ? date_from_civil(year, 12, 1) : facts->period_start;
}

/* Of a yearly amount: why not all twelve months. */
static void say_months(const struct say *say, const struct credit_facts *facts)
{
    bool is_late = facts->first_month > facts->period_start;
    bool is_short = facts->last_month != CREDIT_NONE && facts->last_month < last_month_of_period(facts);
    if (is_late) {
        say_words(say, "自", "entitled from ");
        say_month(say, facts->first_month);
        say_words(say, "起享受", "");
    }
    if (is_short) {
        say_words(say, is_late ? "、至" : "享受至", is_late ? " to " : "entitled until ");
        say_month(say, facts->last_month);
        say_words(say, "止", "");
    }
}

/* Chinese: a clause of its own with its comma; English: in brackets behind the period. */
static void say_formula(const struct say *say, const struct credit_facts *facts)
{
    bool is_part = facts->is_yearly && facts->months < 12, is_english = say->language == LANGUAGE_EN;
    if (!facts->is_ratio && !is_part) {
        return;
    }
    say_words(say, "按", " (");
    if (is_part && is_english) {
        text_printf(say->out, "%d/12 of ", facts->months);
    }
    if (facts->is_ratio) {
        if (is_english) {
            say_percent(say, facts->ratio_bp);
        }
        say_words(say, "平均养老金", " of the average pension of ");
        say_money(say, facts->base_fen);
        if (!is_english) {
            text_append_z(say->out, "的");
            say_percent(say, facts->ratio_bp);
        }
    } else {
        say_words(say, "全年", "");
        say_money(say, facts->amount_fen);
    }
    if (is_part) {
        if (!is_english) {
            text_printf(say->out, "的12分之%d", facts->months);
        }
        say_words(say, "（", ", ");
        say_months(say, facts);
        say_words(say, "）", "");
    }
    say_words(say, "计算，", ")");
}

static void say_rounding(const struct say *say, const struct credit_facts *facts, bool is_rounded)
{
    if (is_rounded) {
        say_words(say, facts->rounds_down ? "（不足一分的舍去）" : "（四舍五入到分）",
                  facts->rounds_down ? " (rounded down to the fen)" : " (rounded to the fen)");
    }
}

/* 2026年10月应划入120.00元，扣除大病保险3.00元， */
void credit_say_due(const struct say *say, const struct credit_facts *facts, bool is_past, const char *for_period)
{
    say_words(say, "", for_period);
    say_period(say, facts->period_start, facts->is_yearly);
    say_formula(say, facts);
    say_words(say, "应划入", ", ");
    say_money(say, facts->due.gross_fen);
    say_words(say, "", is_past ? " were due" : " are due");
    say_rounding(say, facts, facts->is_gross_rounded);
    if (facts->due.deduction_fen == 0) {
        say_words(say, "，没有扣款，", is_past ? "; nothing was deducted, and " : ", nothing is deducted, and ");
        return;
    }
    say_words(say, "，扣除大病保险", is_past ? "; " : ", ");
    say_money(say, facts->due.deduction_fen);
    say_words(say, "",
              is_past ? " were deducted for critical illness insurance"
                      : " are deducted for critical illness insurance");
    say_rounding(say, facts, facts->is_deduction_rounded);
    say_words(say, "，", ", and ");
}
