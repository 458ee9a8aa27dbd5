/* One text in each language for states, events, reasons and steps of transfers. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/transfers/transfer_words.h"

struct words {
    const char *name, *zh, *en;
};

static const struct words states[] = {
    {"submitted", "已提交，等待转出地和转入地经办机构受理。",
     "Handed in. The agencies of the old and the new region check it."},
    {"checked_out", "转出地已受理，等待转入地受理。",
     "The old region's agency has accepted it; the new region's checks it."},
    {"checked_in", "转入地已受理，等待转出地受理。",
     "The new region's agency has accepted it; the old region's checks it."},
    {"out_review", "两地均已受理，转出地正在审核。", "Both agencies have accepted it; the old region's reviews it."},
    {"in_review", "转出地已办结，转入地正在审核接收。",
     "The old region's agency has let it go; the new region's reviews and takes it in."},
    {"completed", "转移已经办结，参保关系已转到新的参保地。", "Completed. The insurance relation has moved."},
    {"rejected", "转移申请没有通过，参保关系没有变。原因见下。",
     "Not accepted; the insurance relation is what it was. The reason is given."},
    {"cancelled", "转移申请已撤销，参保关系没有变。", "Cancelled; the insurance relation is what it was."},
};

/* Those that read otherwise where the money is paid out, and only the old region's agency decides. */
static const struct words payout_states[] = {
    {"submitted", "已提交，等待转出地经办机构受理。", "Handed in. The agency of the old region checks it."},
    {"out_review", "转出地已受理，正在审核。", "The old region's agency has accepted it and reviews it."},
    {"paying", "转出地已审核通过，账户余额正在支付到您本人的银行卡。",
     "The old region's agency has let it go; the balance is being paid to your bank account."},
    {"bounced", "银行没有付成，已退回经办机构。请更正收款银行卡，或由经办机构办理退回。",
     "The bank sent the payment back. Correct the bank account, or let the agency return the money."},
    {"completed", "已经办结，账户余额已支付到您本人的银行卡。",
     "Completed. The balance has been paid to your bank account."},
};

static const struct words events[] = {
    {"submit", "提交了转移申请", "The application was handed in"},
    {"check_out", "转出地受理了申请", "The old region's agency accepted it"},
    {"check_in", "转入地受理了申请", "The new region's agency accepted it"},
    {"refuse", "经办机构没有通过申请", "An agency did not accept it"},
    {"move_out", "转出地办结了转出", "The old region's agency let it go"},
    {"take_in", "转入地办结了转入", "The new region's agency took it in"},
    {"cancel", "撤销了申请", "The application was cancelled"},
    {"pay", "余额支付到了银行卡", "The balance was paid to the bank account"},
    {"return", "余额没有支付成功，已退回原账户", "The payment came back, and the balance is in the account again"},
};

static const struct words moneys[] = {
    {"none", "没有需要转移的个人账户资金。", "There is no money of a personal account to move."},
    {"stays", "个人账户的钱不转移也不提现，留在原来的账户里，仍然可以使用；办结后原账户只能支付，新的缴费进入新账户。",
     "The money is neither moved nor paid out. It stays in the old account and can be spent as before; once this is "
     "completed that account can only be spent from, and new money goes to the new one."},
    {"moves", "个人账户余额随参保关系转到新参保地的账户。",
     "The balance moves with the insurance relation to an account at the new region."},
    {"paid_out", "转入地还不能接收个人账户资金，余额将支付到您本人的银行卡。",
     "The new region cannot receive the money yet, so the balance is paid to your own bank account."},
};

static const struct words reasons[] = {
    {"same_pool", "在同一参保地变更险种，不涉及两地之间的转移。", "You change the scheme and stay in the same pool."},
    {"same_province", "新旧参保地在同一个省，只转移参保关系。",
     "Both regions are in the same province, so only the insurance relation moves."},
    {"other_province", "新参保地在另一个省，参保关系跨省转移。",
     "The new region is in another province, so the insurance relation moves across provinces."},
    {"destination_not_connected", "新参保地还没有接入国家医保信息平台。",
     "The new region is not connected to the national platform yet."},
    {"no_account", "原参保关系没有个人账户。", "There is no personal account with the old insurance relation."},
    {"resident_destination", "居民医保没有个人账户，所以钱不随参保关系转移。",
     "The resident scheme has no personal account, so the money does not move with the relation."},
    {"pooled_only_destination", "新的参保关系没有个人账户，所以钱不随参保关系转移。",
     "The new insurance relation has no personal account, so the money does not move with it."},
};

static const struct words steps[] = {
    {"check", "受理：核对申请和材料。", "Check of the application and its documents."},
    {"out_review", "转出审核：终止原参保关系，出具参保凭证，转出账户余额。",
     "Transfer-out review: the old relation is closed, the record form issued, and the balance let go where it moves."},
    {"in_review", "转入审核：接续参保关系，余额入账。",
     "Transfer-in review: the new relation goes on, and the balance is credited where it moves."},
    {"payout", "支付：余额由银行支付到您本人的银行卡。", "Payment: a bank pays the balance to your own bank account."},
};

static struct span text_of(const struct words *words, size_t count, struct span name, enum language language)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of(words[i].name))) {
            return span_of(language == LANGUAGE_EN ? words[i].en : words[i].zh);
        }
    }
    return name;
}

#define TEXT_OF(table, name, language) text_of(table, sizeof(table) / sizeof *(table), name, language)

struct span transfer_state_text(struct span machine, struct span state, enum language language)
{
    if (span_equal(machine, SPAN("transfer_payout"))) {
        struct span text = TEXT_OF(payout_states, state, language);
        if (!span_equal(text, state)) {
            return text;
        }
    }
    return TEXT_OF(states, state, language);
}

struct span transfer_event_text(struct span event, enum language language)
{
    return TEXT_OF(events, event, language);
}

struct span transfer_money_text(struct span money, enum language language)
{
    return TEXT_OF(moneys, money, language);
}

struct span transfer_reason_text(struct span reason, enum language language)
{
    return TEXT_OF(reasons, reason, language);
}

struct span transfer_step_text(struct span step, enum language language)
{
    return TEXT_OF(steps, step, language);
}

struct span transfer_refusal_text(struct span code, enum language language)
{
    for (enum problem problem = PROBLEM_NONE + 1; problem < PROBLEM_COUNT; problem++) {
        const struct problem_info *info = &problem_infos[problem];
        if (span_equal(code, span_of(info->code))) {
            return span_of(language == LANGUAGE_EN ? info->detail_en : info->detail_zh);
        }
    }
    return code;
}
