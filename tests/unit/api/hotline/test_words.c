/* api/hotline/balance_words.c, contribution_words.c: what is said of each situation, in both languages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/balance_words.h"
#include "api/hotline/contribution_words.h"
#include "tests/unit/harness.h"
#include <stdio.h>

#define ROOM_BYTES 4096

static void check_balance(const struct balance_facts *facts, const char *zh, const char *en)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    const struct speech chinese = {.out = &text, .language = LANGUAGE_ZH};
    balance_words(&chinese, facts);
    assert_span_equal(text_span(&text), zh);
    text_clear(&text);
    const struct speech english = {.out = &text, .language = LANGUAGE_EN};
    balance_words(&english, facts);
    assert_span_equal(text_span(&text), en);
    text_fini(&text);
}

static struct balance_facts account(const char *status, int64_t balance_fen)
{
    return (struct balance_facts){
        .has_account = true, .region_name = SPAN("天水市"), .status = span_of(status), .balance_fen = balance_fen};
}

static void test_one_account(void **state)
{
    struct balance_facts facts = account("active", 184250);
    check_balance(&facts, "您在天水市的医保个人账户，余额是一千八百四十二元五角。",
                  "The balance of your personal medical insurance account is one thousand eight hundred and forty-two "
                  "yuan and fifty fen.");
    facts.region_name = (struct span){0};
    facts.balance_fen = 0;
    check_balance(&facts, "您的医保个人账户，余额是零元。",
                  "The balance of your personal medical insurance account is zero yuan.");
}

static void test_money_that_is_held(void **state)
{
    struct balance_facts facts = account("active", 20000);
    facts.held_fen = 5000;
    check_balance(&facts, "您在天水市的医保个人账户，余额是两百元。其中五十元已经预留，现在可以使用的是一百五十元。",
                  "The balance of your personal medical insurance account is two hundred yuan. Of this, fifty yuan is "
                  "held back, and you can use one hundred and fifty yuan now.");
}

static void test_an_account_that_does_not_receive(void **state)
{
    static const struct {
        const char *status, *zh, *en;
    } cases[] = {
        {"suspended", "这个账户目前处于暂停状态。", " The account is suspended at present."},
        {"frozen", "这个账户目前已经冻结，暂时不能使用。", " The account is frozen at present and cannot be used."},
        {"spend_only", "这个账户不再有新的钱划入，余额仍然可以使用。",
         " No new money goes to this account; what is there can still be spent."},
        {"deceased", "这个账户的持有人已登记去世，账户不能使用。",
         " The holder of the account is registered as deceased, and it cannot be used."},
        {"closed", "这个账户已经注销。", " The account is closed."},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char zh[400], en[400];
        snprintf(zh, sizeof zh, "您在天水市的医保个人账户，余额是一元。%s", cases[i].zh);
        snprintf(en, sizeof en, "The balance of your personal medical insurance account is one yuan.%s", cases[i].en);
        struct balance_facts facts = account(cases[i].status, 100);
        check_balance(&facts, zh, en);
    }
}

static void test_several_accounts(void **state)
{
    struct balance_facts facts = account("active", 100);
    facts.others_count = 1;
    facts.others_fen = 6005;
    check_balance(
        &facts, "您在天水市的医保个人账户，余额是一元。您还有一个以前的账户，余额是六十元零五分。",
        "The balance of your personal medical insurance account is one yuan. You have one other account, with "
        "a balance of sixty yuan and five fen.");
    facts.others_count = 2;
    check_balance(
        &facts, "您在天水市的医保个人账户，余额是一元。您还有两个以前的账户，余额一共是六十元零五分。",
        "The balance of your personal medical insurance account is one yuan. You have two other accounts, with "
        "balances of sixty yuan and five fen together.");
}

static void test_no_account_has_a_reason(void **state)
{
    static const struct {
        const char *reason, *zh, *en;
    } cases[] = {
        {"resident_scheme", "您参加的是城乡居民医保，这种医保没有个人账户，所以没有余额可以查询。",
         "You are insured under the resident scheme. It has no personal account, so there is no balance."},
        {"pooled_only", "您参加的职工医保只有统筹基金，没有个人账户，所以没有余额可以查询。",
         "Your employee insurance covers the pooled fund only. It has no personal account, so there is no balance."},
        {"not_enrolled", "您目前没有参加医保，也没有个人账户，所以没有余额可以查询。",
         "You are not insured at present and have no personal account, so there is no balance."},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct balance_facts facts = {.reason = span_of(cases[i].reason)};
        check_balance(&facts, cases[i].zh, cases[i].en);
    }
}

static void check_contributions(const struct contribution_facts *facts, const char *zh, const char *en)
{
    struct text text;
    text_init(&text, ROOM_BYTES);
    const struct speech chinese = {.out = &text, .language = LANGUAGE_ZH};
    contribution_words(&chinese, facts);
    assert_span_equal(text_span(&text), zh);
    text_clear(&text);
    const struct speech english = {.out = &text, .language = LANGUAGE_EN};
    contribution_words(&english, facts);
    assert_span_equal(text_span(&text), en);
    text_fini(&text);
}

static struct contribution_record record(const char *scheme, const char *kind, int32_t year, int32_t month,
                                         int64_t personal_fen)
{
    return (struct contribution_record){
        .scheme = span_of(scheme), .kind = span_of(kind), .month = 12 * year + month - 1, .personal_fen = personal_fen};
}

static void test_an_employee(void **state)
{
    struct contribution_facts facts = {
        .is_employee = true,
        .months_paid = 11,
        .has_last_paid = true,
        .last_paid = record("employee", "regular", 2026, 5, 15000),
        .records_count = 3,
        .records = {record("employee", "regular", 2026, 5, 15000), record("employee", "regular", 2026, 4, 15050),
                    record("employee", "back_payment", 2026, 3, 15000)},
    };
    check_contributions(
        &facts,
        "过去十二个月里，您的职工医保缴费了十一个月。最近一次缴费是二零二六年五月，个人缴费一百五十元。再往前，"
        "二零二六年四月，一百五十元五角；二零二六年三月，补缴一百五十元。",
        "In the past twelve months your employee insurance was paid for eleven months. The latest "
        "payment is for May twenty twenty-six: you paid one hundred and fifty yuan. Before that: April "
        "twenty twenty-six, one hundred and fifty yuan and fifty fen; March twenty twenty-six, a "
        "back-payment of one hundred and fifty yuan.");
    facts.records_count = 1;
    facts.months_paid = 2;
    check_contributions(
        &facts, "过去十二个月里，您的职工医保缴费了两个月。最近一次缴费是二零二六年五月，个人缴费一百五十元。",
        "In the past twelve months your employee insurance was paid for two months. The latest payment is for May "
        "twenty twenty-six: you paid one hundred and fifty yuan.");
}

static void test_a_refund_is_newer_than_the_last_payment(void **state)
{
    const struct contribution_facts facts = {
        .is_employee = true,
        .months_paid = 1,
        .has_last_paid = true,
        .last_paid = record("employee", "regular", 2026, 4, 15000),
        .records_count = 3,
        .records = {record("employee", "refund", 2026, 5, 600), record("employee", "base_adjustment", 2026, 5, 200),
                    record("employee", "regular", 2026, 4, 15000)},
    };
    check_contributions(
        &facts,
        "过去十二个月里，您的职工医保缴费了一个月。最近一次缴费是二零二六年四月，个人缴费一百五十元。最近的记录"
        "是，二零二六年五月，退费六元；二零二六年五月，补差两元；二零二六年四月，一百五十元。",
        "In the past twelve months your employee insurance was paid for one month. The latest payment "
        "is for April twenty twenty-six: you paid one hundred and fifty yuan. The newest records: May "
        "twenty twenty-six, a refund of six yuan; May twenty twenty-six, an adjustment of two yuan; "
        "April twenty twenty-six, one hundred and fifty yuan.");
}

static void test_a_resident(void **state)
{
    const struct contribution_facts facts = {
        .has_last_paid = true,
        .last_paid = record("resident", "regular", 2026, 1, 40000),
        .records_count = 2,
        .records = {record("resident", "regular", 2026, 1, 40000), record("resident", "regular", 2025, 1, 38000)},
    };
    check_contributions(&facts,
                        "最近一次缴费是二零二六年的居民医保，个人缴费四百元。再往前，二零二五年居民医保，三百八十元。",
                        "The latest payment is for twenty twenty-six under the resident scheme: you paid four hundred "
                        "yuan. Before that: twenty twenty-five, resident scheme, three hundred and eighty yuan.");
}

static void test_nothing_paid(void **state)
{
    const struct contribution_facts nothing = {0};
    check_contributions(&nothing, "没有查到您的缴费记录。", "There is no record of a contribution of yours.");
    const struct contribution_facts deemed = {
        .is_employee = true, .records_count = 1, .records = {record("employee", "deemed_years", 1999, 12, 0)}};
    check_contributions(
        &deemed, "过去十二个月里，您的职工医保没有缴费。最近的记录是，一九九九年十二月，视同缴费。",
        "In the past twelve months nothing was paid for your employee insurance. The newest records: December nineteen "
        "ninety-nine, counted as contributed.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_account),
        cmocka_unit_test(test_money_that_is_held),
        cmocka_unit_test(test_an_account_that_does_not_receive),
        cmocka_unit_test(test_several_accounts),
        cmocka_unit_test(test_no_account_has_a_reason),
        cmocka_unit_test(test_an_employee),
        cmocka_unit_test(test_a_refund_is_newer_than_the_last_payment),
        cmocka_unit_test(test_a_resident),
        cmocka_unit_test(test_nothing_paid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
