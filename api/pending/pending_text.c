/* What is in flight, as a sentence: what it is, what it waits for, and on whom. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pending/pending_text.h"

static const struct {
    const char *kind, *waits_on, *waits_for;
    const char *zh, *en;
} texts[] = {
    {"hold", "institution", "capture", "医院或药店预扣的款项，等待其确认扣款",
     "Held by an institution, which has not taken it yet"},
    {"wallet_transfer_out", "receiver", "acceptance", "转入亲属医保钱包的款项，等待对方接收",
     "Sent to a relative's wallet: the relative is to accept it"},
    {"wallet_transfer_out", "guardian", "acceptance", "转入未成年亲属医保钱包的款项，等待监护人接收",
     "Sent to a child's wallet: the guardian is to accept it"},
    {"wallet_transfer_in", "guardian", "acceptance", "亲属转入未成年人医保钱包的款项，等待监护人接收",
     "Sent to a child's wallet by a relative: the guardian is to accept it"},
    {"wallet_transfer_in", "receiver", "acceptance", "亲属转入医保钱包的款项，等待接收",
     "Sent to the wallet by a relative: it is to be accepted"},
    {"family_invitation_out", "member", "acceptance", "家庭共济邀请，等待对方同意",
     "Invitation to share the account: the relative is to accept it"},
    {"family_invitation_out", "guardian", "acceptance", "家庭共济邀请，等待监护人同意",
     "Invitation to share the account: the guardian is to accept it"},
    {"family_invitation_in", "member", "acceptance", "收到的家庭共济邀请，等待答复",
     "Invited to share a relative's account: it is to be answered"},
    {"family_invitation_in", "guardian", "acceptance", "收到的家庭共济邀请，等待监护人答复",
     "Invitation of a child to share a relative's account: the guardian is to answer it"},
    {"consent_request", "person", "answer", "有平台申请查看信息，等待答复",
     "A front end asks for consent to see data: it is to be answered"},
    {"transfer", "both_desks", "check", "医保关系转移，等待转出地和转入地经办机构核对",
     "Transfer: the desks of the old and the new region are to check it"},
    {"transfer", "out_desk", "check", "医保关系转移，等待转出地经办机构核对",
     "Transfer: the desk of the old region is to check it"},
    {"transfer", "in_desk", "check", "医保关系转移，等待转入地经办机构核对",
     "Transfer: the desk of the new region is to check it"},
    {"transfer", "out_desk", "review", "医保关系转移，等待转出地经办机构审核转出",
     "Transfer: the desk of the old region is to let it go"},
    {"transfer", "in_desk", "review", "医保关系转移，等待转入地经办机构审核转入",
     "Transfer: the desk of the new region is to take it in"},
    {"transfer", "bank", "payout", "医保关系转移，余额正在向本人银行账户支付",
     "Transfer: the money is being paid to the person's bank account"},
    {"withdrawal", "reviewer", "review", "一次性支取，等待初审", "Withdrawal: it is to be reviewed"},
    {"withdrawal", "second_reviewer", "review", "一次性支取，等待复审",
     "Withdrawal: it is to be reviewed by a second person"},
    {"withdrawal", "agency", "payout", "一次性支取已批准，等待付款", "Withdrawal: approved, and to be paid"},
    {"withdrawal", "bank", "payout", "一次性支取，等待银行付款", "Withdrawal: the bank is to pay it"},
    {"withdrawal", "person", "bank_account", "一次性支取被银行退回，等待提供新的银行账户",
     "Withdrawal: the bank sent it back, and another bank account is needed"},
};

struct span pending_text(struct span kind, struct span waits_on, struct span waits_for, enum language language)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (span_equal(kind, span_of(texts[i].kind)) && span_equal(waits_on, span_of(texts[i].waits_on)) &&
            span_equal(waits_for, span_of(texts[i].waits_for))) {
            return span_of(language == LANGUAGE_EN ? texts[i].en : texts[i].zh);
        }
    }
    return span_of(language == LANGUAGE_EN ? "In progress" : "正在办理");
}
