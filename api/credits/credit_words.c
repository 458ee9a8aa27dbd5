/* Written for the person: who died is spoken of, not to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/credit_terms_words.h"

static int64_t net(const struct credit_sums *sums)
{
    return sums->gross_fen - sums->deduction_fen;
}

static void say_cause_of_person(const struct say *say, const struct credit_facts *facts)
{
    credit_say_whose(say, facts, facts->is_deceased ? "The insured person's" : "Your");
    if (facts->cause == CREDIT_BIRTH) {
        say_words(say, "的出生日期已更正", " date of birth was corrected");
        if (facts->birth_date != CREDIT_NONE) {
            say_words(say, "为", " to ");
            say_day(say, facts->birth_date);
        }
        say_words(say, "，", ": ");
        credit_say_age(say, facts, false);
        return;
    }
    say_words(say, "的医保退休生效月份已更正为", " medical-insurance retirement was corrected to ");
    say_month(say, facts->retired_month);
    say_words(say, "，自次月（", ", and credits begin with the month after it, ");
    say_month(say, facts->first_month);
    say_words(say, "）起享受", "");
}

static void say_cause(const struct say *say, const struct credit_facts *facts)
{
    switch (facts->cause) {
    case CREDIT_REGULAR:
        credit_say_age(say, facts, true);
        return;
    case CREDIT_POLICY:
        say_words(say, "", "The rule for ");
        say_period(say, facts->period_start, facts->is_yearly);
        say_words(say, "的标准已有变化", " has changed");
        if (facts->due.gross_fen > 0) {
            say_words(say, "，", "");
            credit_say_whose(say, facts, "");
            say_words(say, "适用", ": the one that applies is ");
            credit_say_rule(say, facts);
        }
        return;
    case CREDIT_BIRTH:
    case CREDIT_RETIREMENT:
        say_cause_of_person(say, facts);
        return;
    case CREDIT_DEATH:
        say_words(say, "参保人已于", "The insured person died in ");
        say_month(say, facts->last_month);
        say_words(say, "去世，享受至去世当月", ", which is the last month that is credited");
        return;
    case CREDIT_ENROLMENT:
        say_words(say, "经复核，", "");
        credit_say_whose(say, facts, "There was no enrolment in pool ");
        say_words(say, "在", "");
        say_span(say, say->language == LANGUAGE_EN ? facts->pool_code : facts->pool_name);
        say_words(say, "没有符合划入条件的参保关系", " that entitles to credits");
        return;
    case CREDIT_MERGED:
        credit_say_whose(say, facts, facts->is_deceased ? "The insured person's" : "Your");
        say_words(say, "的两份记录已经合并，同一期只划入一次",
                  " two records were made one, and each period is credited only once");
        return;
    case CREDIT_REVIEWED:
        credit_say_whose(say, facts, "The data on record");
        say_words(say, "登记的信息已有更正，经重新核算", " were corrected");
        return;
    }
}

static void say_why(const struct say *say, const struct credit_facts *facts)
{
    say_cause(say, facts);
    if (facts->cause != CREDIT_REGULAR && facts->due.gross_fen == 0) {
        say_words(say, "，", ": nothing is due for ");
        say_period(say, facts->period_start, facts->is_yearly);
        say_words(say, "不应划入", "");
    } else if (facts->cause != CREDIT_REGULAR) {
        say_words(say, "，", "; ");
        credit_say_due(say, facts, false, "for ");
        say_words(say, "应入账", "");
        say_money(say, net(&facts->due));
        say_words(say, "", " remain");
    }
    say_words(say, "。", ".");
}

static void say_taken_back(const struct say *say, const struct credit_facts *facts)
{
    int64_t back_fen = -net(&facts->posted), taken_fen = back_fen - facts->receivable_fen;
    if (facts->receivable_fen == 0) {
        say_words(say, "本次扣回", "so ");
        say_money(say, back_fen);
        say_words(say, "。", " were taken back now.");
        return;
    }
    say_words(say, "本次应扣回", "so ");
    say_money(say, back_fen);
    say_words(say, "：", " are to be taken back: ");
    if (taken_fen > 0) {
        say_words(say, "已从账户扣回", "");
        say_money(say, taken_fen);
        say_words(say, "，余额不足的", " were taken from the account, and the ");
        say_money(say, facts->receivable_fen);
        say_words(say, "记为应退还的款项。", " that it did not hold are owed.");
    } else {
        say_words(say, "账户余额不足，全部记为应退还的款项。",
                  "the account held nothing of it, and all of it is owed.");
    }
}

static void say_difference(const struct say *say, const struct credit_facts *facts)
{
    int64_t now_fen = net(&facts->posted);
    if (net(&facts->credited) == 0) {
        say_words(say, "此前没有入账，", "Nothing had been credited before, ");
    } else {
        say_words(say, "此前已入账", "");
        say_money(say, net(&facts->credited));
        say_words(say, "，", " had been credited before, ");
    }
    if (now_fen < 0) {
        say_taken_back(say, facts);
    } else if (now_fen == 0) {
        say_words(say, "入账金额不变。", "and that does not change.");
    } else {
        say_words(say, "本次补入", "so ");
        say_money(say, now_fen);
        say_words(say, "。", " were added now.");
    }
}

static void say_copy(const struct say *say, const struct credit_facts *facts)
{
    int64_t now_fen = net(&facts->posted);
    say_words(say, now_fen < 0 ? "这次扣回的" : "这笔", "These ");
    say_money(say, now_fen < 0 ? -now_fen : now_fen);
    say_words(say, "原记在", now_fen < 0 ? " were taken back from " : " were credited to ");
    credit_say_whose(say, facts, "another record");
    say_words(say, "的另一份记录上，两份记录合并时已随余额转入本账户。",
              facts->is_deceased ? " of the insured person" : " of yours");
    say_words(say, "", ", whose balance came to this account when the two records were made one.");
}

static void say_what(const struct say *say, const struct credit_facts *facts)
{
    if (facts->is_copy) {
        say_copy(say, facts);
    } else if (facts->cause != CREDIT_REGULAR) {
        say_difference(say, facts);
    } else {
        credit_say_due(say, facts, true, "For ");
        say_words(say, "实际入账", "");
        say_money(say, net(&facts->posted));
        say_words(say, "。", facts->is_deceased ? " were credited to the account." : " were credited to your account.");
    }
}

void credit_words(const struct say *say, const struct credit_facts *facts, int sentence)
{
    if (sentence == 0) {
        say_why(say, facts);
    } else {
        say_what(say, facts);
    }
}
