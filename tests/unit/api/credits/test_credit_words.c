/* api/credits/credit_words.c: what a pensioner is told of a credit in each situation, in both languages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/credit_words.h"
#include "server/clock.h"
#include "tests/unit/harness.h"

#define ROOM_BYTES 4096

static void check(const struct credit_facts *facts, int sentence, const char *zh, const char *en)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    const struct say chinese = {.out = &text, .language = LANGUAGE_ZH};
    credit_words(&chinese, facts, sentence);
    assert_span_equal(text_span(&text), zh);
    text_clear(&text);
    const struct say english = {.out = &text, .language = LANGUAGE_EN};
    credit_words(&english, facts, sentence);
    assert_span_equal(text_span(&text), en);
    text_fini(&text);
}

/* Gansu's 120.00 for somebody in Tianshui. */
static struct credit_facts credit(void)
{
    return (struct credit_facts){
        .pool_code = SPAN("620500"),
        .pool_name = SPAN("天水市"),
        .policy_region_code = SPAN("620000"),
        .policy_region_name = SPAN("甘肃省"),
        .legal_basis = SPAN("示例办法"),
        .effective_from = date_from_civil(2020, 1, 1),
        .birth_date = date_from_civil(1954, 3, 8),
        .age_on = date_from_civil(2026, 10, 31),
        .age_years = 72,
        .below_age = CREDIT_NONE,
        .amount_fen = 12000,
        .period_start = date_from_civil(2026, 10, 1),
        .months = 1,
        .retired_month = date_from_civil(2014, 3, 1),
        .first_month = date_from_civil(2014, 4, 1),
        .last_month = CREDIT_NONE,
        .due = {.gross_fen = 12000, .deduction_fen = 300},
        .posted = {.gross_fen = 12000, .deduction_fen = 300},
    };
}

static struct credit_facts difference(enum credit_cause cause, int64_t credited_fen, int64_t due_fen)
{
    struct credit_facts facts = credit();
    facts.cause = cause;
    facts.credited = (struct credit_sums){.gross_fen = credited_fen};
    facts.due = (struct credit_sums){.gross_fen = due_fen};
    facts.posted = (struct credit_sums){.gross_fen = due_fen - credited_fen};
    return facts;
}

static void test_inherited_from_the_province(void **state)
{
    struct credit_facts facts = credit();
    check(
        &facts, 0, "截至2026年10月31日，您已年满72周岁，适用天水市参照甘肃省2020年1月起执行的标准（依据：示例办法）。",
        "By 31 October 2026 you had reached the age of 72; the rule that applies is that of region 620000, which pool "
        "620500 follows, in force from January 2020 (legal basis: 示例办法).");
    check(&facts, 1, "2026年10月应划入120.00元，扣除大病保险3.00元，实际入账117.00元。",
          "For October 2026, 120.00 yuan were due; 3.00 yuan were deducted for critical illness insurance, and 117.00 "
          "yuan were credited to your account.");
}

static void test_a_tier_in_the_middle(void **state)
{
    struct credit_facts facts = credit();
    facts.min_age = 70;
    facts.below_age = 80;
    check(
        &facts, 0,
        "截至2026年10月31日，您已年满72周岁，适用天水市参照甘肃省2020年1月起执行的标准中70周岁及以上、80周岁以下的一档"
        "（依据：示例办法）。",
        "By 31 October 2026 you had reached the age of 72; the rule that applies is that of region 620000, which pool "
        "620500 follows, in force from January 2020, for ages 70 to 79 (legal basis: 示例办法).");
}

static void test_a_part_of_a_year_of_a_ratio(void **state)
{
    struct credit_facts facts = credit();
    facts.is_yearly = facts.is_ratio = facts.is_deceased = true;
    facts.base_fen = 370000;
    facts.ratio_bp = 275;
    facts.period_start = date_from_civil(2026, 1, 1);
    facts.first_month = date_from_civil(2026, 3, 1);
    facts.last_month = date_from_civil(2026, 9, 1);
    facts.months = 7;
    facts.due = facts.posted = (struct credit_sums){.gross_fen = 5935};
    facts.is_gross_rounded = true;
    check(&facts, 1,
          "2026年度按平均养老金3700.00元的2.75%的12分之7（自2026年3月起享受、至2026年9月止）计算，应划入59.35元"
          "（四舍五入到分），没有扣款，实际入账59.35元。",
          "For the year 2026 (7/12 of 2.75% of the average pension of 3700.00 yuan, entitled from March 2026 to "
          "September "
          "2026), 59.35 yuan were due (rounded to the fen); nothing was deducted, and 59.35 yuan were credited to the "
          "account.");
}

static void test_a_whole_year(void **state)
{
    struct credit_facts facts = credit();
    facts.is_yearly = true;
    facts.period_start = date_from_civil(2026, 1, 1);
    facts.months = 12;
    check(&facts, 1, "2026年度应划入120.00元，扣除大病保险3.00元，实际入账117.00元。",
          "For the year 2026, 120.00 yuan were due; 3.00 yuan were deducted for critical illness insurance, and 117.00 "
          "yuan were credited to your account.");
}

static void test_more_and_less(void **state)
{
    struct credit_facts up = difference(CREDIT_POLICY, 11100, 11700);
    check(&up, 1, "此前已入账111.00元，本次补入6.00元。",
          "111.00 yuan had been credited before, so 6.00 yuan were added now.");
    struct credit_facts down = difference(CREDIT_POLICY, 11700, 11100);
    check(&down, 1, "此前已入账117.00元，本次扣回6.00元。",
          "117.00 yuan had been credited before, so 6.00 yuan were taken back now.");
    down.receivable_fen = 200;
    check(&down, 1, "此前已入账117.00元，本次应扣回6.00元：已从账户扣回4.00元，余额不足的2.00元记为应退还的款项。",
          "117.00 yuan had been credited before, so 6.00 yuan are to be taken back: 4.00 yuan were taken from the "
          "account, "
          "and the 2.00 yuan that it did not hold are owed.");
    down.receivable_fen = 600;
    check(
        &down, 1, "此前已入账117.00元，本次应扣回6.00元：账户余额不足，全部记为应退还的款项。",
        "117.00 yuan had been credited before, so 6.00 yuan are to be taken back: the account held nothing of it, and "
        "all of it is owed.");
    struct credit_facts first = difference(CREDIT_REVIEWED, 0, 12000);
    check(&first, 1, "此前没有入账，本次补入120.00元。",
          "Nothing had been credited before, so 120.00 yuan were added now.");
    struct credit_facts same = difference(CREDIT_POLICY, 11700, 11700);
    check(&same, 1, "此前已入账117.00元，入账金额不变。",
          "117.00 yuan had been credited before, and that does not change.");
}

static void test_why_nothing_is_due_any_more(void **state)
{
    struct credit_facts facts = difference(CREDIT_POLICY, 12000, 0);
    check(&facts, 0, "2026年10月的标准已有变化，2026年10月不应划入。",
          "The rule for October 2026 has changed: nothing is due for October 2026.");
    facts.cause = CREDIT_ENROLMENT;
    check(&facts, 0, "经复核，您在天水市没有符合划入条件的参保关系，2026年10月不应划入。",
          "There was no enrolment in pool 620500 that entitles to credits: nothing is due for October 2026.");
    facts.cause = CREDIT_DEATH;
    facts.last_month = date_from_civil(2026, 8, 1);
    check(
        &facts, 0, "参保人已于2026年8月去世，享受至去世当月，2026年10月不应划入。",
        "The insured person died in August 2026, which is the last month that is credited: nothing is due for October "
        "2026.");
}

static void test_what_was_corrected(void **state)
{
    struct credit_facts facts = difference(CREDIT_BIRTH, 11000, 12000);
    facts.birth_date = CREDIT_NONE;
    check(&facts, 0,
          "您的出生日期已更正，截至2026年10月31日已年满72周岁，适用天水市参照甘肃省2020年1月起执行的标准（依据：示例办"
          "法），"
          "2026年10月应划入120.00元，没有扣款，应入账120.00元。",
          "Your date of birth was corrected: by 31 October 2026 you had reached the age of 72, and the rule that "
          "applies is "
          "that of region 620000, which pool 620500 follows, in force from January 2020 (legal basis: 示例办法); for "
          "October "
          "2026, 120.00 yuan are due, nothing is deducted, and 120.00 yuan remain.");
    facts.cause = CREDIT_REVIEWED;
    check(&facts, 0, "您登记的信息已有更正，经重新核算，2026年10月应划入120.00元，没有扣款，应入账120.00元。",
          "The data on record were corrected; for October 2026, 120.00 yuan are due, nothing is deducted, and 120.00 "
          "yuan "
          "remain.");
    facts.cause = CREDIT_MERGED;
    facts.is_deceased = true;
    check(&facts, 0, "参保人的两份记录已经合并，同一期只划入一次，2026年10月应划入120.00元，没有扣款，应入账120.00元。",
          "The insured person's two records were made one, and each period is credited only once; for October 2026, "
          "120.00 "
          "yuan are due, nothing is deducted, and 120.00 yuan remain.");
}

static void test_a_copy_of_a_merged_record(void **state)
{
    struct credit_facts facts = credit();
    facts.is_copy = true;
    check(&facts, 1, "这笔117.00元原记在您的另一份记录上，两份记录合并时已随余额转入本账户。",
          "These 117.00 yuan were credited to another record of yours, whose balance came to this account when the two "
          "records were made one.");
    facts.posted = (struct credit_sums){.gross_fen = -600};
    check(
        &facts, 1, "这次扣回的6.00元原记在您的另一份记录上，两份记录合并时已随余额转入本账户。",
        "These 6.00 yuan were taken back from another record of yours, whose balance came to this account when the two "
        "records were made one.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inherited_from_the_province),
        cmocka_unit_test(test_a_tier_in_the_middle),
        cmocka_unit_test(test_a_part_of_a_year_of_a_ratio),
        cmocka_unit_test(test_a_whole_year),
        cmocka_unit_test(test_more_and_less),
        cmocka_unit_test(test_why_nothing_is_due_any_more),
        cmocka_unit_test(test_what_was_corrected),
        cmocka_unit_test(test_a_copy_of_a_merged_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
