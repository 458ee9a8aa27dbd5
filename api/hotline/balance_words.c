/* Short sentences: a listener cannot look back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/balance_words.h"

static const struct {
    struct span key;
    const char *zh, *en;
} reasons[] =
    {
        {SPAN("resident_scheme"), "您参加的是城乡居民医保，这种医保没有个人账户，所以没有余额可以查询。",
         "You are insured under the resident scheme. It has no personal account, so there is no balance."},
        {SPAN("pooled_only"), "您参加的职工医保只有统筹基金，没有个人账户，所以没有余额可以查询。",
         "Your employee insurance covers the pooled fund only. It has no personal account, so there is no balance."},
        {SPAN("not_enrolled"), "您目前没有参加医保，也没有个人账户，所以没有余额可以查询。",
         "You are not insured at present and have no personal account, so there is no balance."},
},
  statuses[] = {
      {SPAN("suspended"), "这个账户目前处于暂停状态。", "The account is suspended at present."},
      {SPAN("frozen"), "这个账户目前已经冻结，暂时不能使用。", "The account is frozen at present and cannot be used."},
      {SPAN("spend_only"), "这个账户不再有新的钱划入，余额仍然可以使用。",
       "No new money goes to this account; what is there can still be spent."},
      {SPAN("deceased"), "这个账户的持有人已登记去世，账户不能使用。",
       "The holder of the account is registered as deceased, and it cannot be used."},
      {SPAN("closed"), "这个账户已经注销。", "The account is closed."},
};

static void say_reason(const struct speech *speech, struct span reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (span_equal(reasons[i].key, reason)) {
            speech_say(speech, reasons[i].zh, reasons[i].en);
        }
    }
}

static void say_status(const struct speech *speech, struct span status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (span_equal(statuses[i].key, status)) {
            speech_pause(speech);
            speech_say(speech, statuses[i].zh, statuses[i].en);
        }
    }
}

static void say_account(const struct speech *speech, const struct balance_facts *facts)
{
    speech_say(speech, "您", "The balance of your personal medical insurance account is ");
    if (speech->language == LANGUAGE_ZH && facts->region_name.length > 0) {
        text_append_z(speech->out, "在");
        text_append_span(speech->out, facts->region_name);
    }
    speech_say(speech, "的医保个人账户，余额是", "");
    speech_amount(speech, facts->balance_fen);
    speech_say(speech, "。", ".");
    if (facts->held_fen > 0) {
        speech_pause(speech);
        speech_say(speech, "其中", "Of this, ");
        speech_amount(speech, facts->held_fen);
        speech_say(speech, "已经预留，现在可以使用的是", " is held back, and you can use ");
        speech_amount(speech, facts->balance_fen - facts->held_fen);
        speech_say(speech, "。", " now.");
    }
    say_status(speech, facts->status);
}

static void say_others(const struct speech *speech, const struct balance_facts *facts)
{
    bool is_one = facts->others_count == 1;
    speech_pause(speech);
    speech_say(speech, "您还有", "You have ");
    speech_count(speech, facts->others_count);
    speech_say(speech, is_one ? "个以前的账户，余额是" : "个以前的账户，余额一共是",
               is_one ? " other account, with a balance of " : " other accounts, with balances of ");
    speech_amount(speech, facts->others_fen);
    speech_say(speech, "。", is_one ? "." : " together.");
}

void balance_words(const struct speech *speech, const struct balance_facts *facts)
{
    if (!facts->has_account) {
        say_reason(speech, facts->reason);
        return;
    }
    say_account(speech, facts);
    if (facts->others_count > 0) {
        say_others(speech, facts);
    }
}
