/* What an audit event tells the person whose data it was about. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/access_log/action_text.h"

struct two_texts {
    const char *name;
    const char *zh, *en;
};

static const struct two_texts actions[] = {
    {"accept_wallet_transfer", "接收了转入医保钱包的一笔钱", "Took money that you had sent into a wallet"},
    {"approve_proposal", "批准了与您的信息有关的申请", "Approved a proposal about your data"},
    {"begin_registration", "申请了注册", "Began to register"},
    {"cancel_transfer", "撤销了您的医保转移申请", "Cancelled your transfer"},
    {"cancel_transfer.dry_run", "试算了撤销您的医保转移申请，没有撤销", "Tried what cancelling your transfer would do"},
    {"cancel_transfer.refused", "申请撤销您的医保转移，没有成功", "Tried to cancel your transfer, and was refused"},
    {"cancel_withdrawal", "取消了一次性支取申请", "Cancelled a withdrawal from your account"},
    {"cancel_withdrawal.dry_run", "试算了取消一次性支取申请，没有取消",
     "Tried how cancelling a withdrawal would be, without doing it"},
    {"cancel_withdrawal.refused", "申请取消一次性支取，没有成功", "Tried to cancel a withdrawal, and was refused"},
    {"cancel_wallet_transfer", "撤回了转往医保钱包的一笔钱", "Took back money on its way to a wallet"},
    {"capture_charge", "确认扣除了预扣的款项", "Took money that it had held on your account"},
    {"change_withdrawal_bank_account", "更正了一次性支取的收款账户", "Corrected the bank account of a withdrawal"},
    {"change_withdrawal_bank_account.dry_run", "试算了更正一次性支取的收款账户，没有更正",
     "Tried how correcting the bank account of a withdrawal would be, without doing it"},
    {"change_withdrawal_bank_account.refused", "申请更正一次性支取的收款账户，没有成功",
     "Tried to correct the bank account of a withdrawal, and was refused"},
    {"confirm_registration", "完成了注册", "Registered"},
    {"create_charge", "从您的个人账户扣款，或预扣了一笔钱", "Charged your account, or held money on it"},
    {"create_charge.dry_run", "试算了您的个人账户能否支付，没有扣款",
     "Asked whether your account would pay, without charging it"},
    {"create_charge.refused", "申请从您的个人账户扣款，没有成功", "Tried to charge your account, and was refused"},
    {"create_consent_request", "申请查看您的信息", "Asked you for consent to see your data"},
    {"create_disclosure", "查看了您的完整个人信息", "Was shown personal data of yours in full"},
    {"create_enrolment", "为您办理了参保登记", "Entered an enrolment for you"},
    {"create_person", "登记了您的个人信息", "Entered your record"},
    {"create_refund", "向您的个人账户退款", "Gave money back to your account"},
    {"create_token", "为您签发了访问令牌", "Made an access token for you"},
    {"create_transfer", "提交了您的医保转移申请", "Applied for a transfer of your insurance"},
    {"create_transfer.dry_run", "试算了您的医保关系如何转移，没有提交申请",
     "Asked how your insurance would be transferred, without applying"},
    {"create_transfer.refused", "申请转移您的医保关系，没有成功",
     "Tried to apply for a transfer of your insurance, and was refused"},
    {"create_transfer_document", "上传了您的转移接续材料", "Handed in a document for your transfer"},
    {"create_transfer_document.refused", "上传您的转移接续材料，没有成功",
     "Tried to hand in a document for your transfer, and was refused"},
    {"create_withdrawal_document", "上传了您的支取申请材料", "Handed in a document for your withdrawal"},
    {"create_withdrawal_document.refused", "上传您的支取申请材料，没有成功",
     "Tried to hand in a document for your withdrawal, and was refused"},
    {"decide_transfer", "办理了您的医保关系转移", "Decided about a transfer of yours"},
    {"decide_transfer.dry_run", "试办了您的医保关系转移，没有作出决定",
     "Tried a decision about a transfer of yours, without deciding"},
    {"create_view_grant", "允许亲属查看您的个人账户", "Let a relative look at your account"},
    {"create_view_grant.refused", "申请允许亲属查看您的个人账户，没有成功",
     "Tried to let a relative look at your account, and was refused"},
    {"create_withdrawal", "申请了个人账户一次性支取", "Applied for a withdrawal from your account"},
    {"create_withdrawal.dry_run", "试算了能否一次性支取您的个人账户，没有申请",
     "Tried whether your account can be withdrawn from, without applying"},
    {"create_withdrawal.refused", "申请个人账户一次性支取，没有成功",
     "Tried to apply for a withdrawal from your account, and was refused"},
    {"decide_withdrawal", "审核了您的一次性支取申请", "Decided about a withdrawal from your account"},
    {"decide_withdrawal.dry_run", "试算了审核您的一次性支取申请，没有审核",
     "Tried how a decision about a withdrawal would be, without deciding"},
    {"decide_withdrawal.refused", "审核您的一次性支取申请，没有成功",
     "Tried to decide about a withdrawal from your account, and was refused"},
    {"create_wallet_transfer", "向亲属的医保钱包转了一笔钱", "Sent money to a wallet"},
    {"decline_wallet_transfer", "拒收了您转往医保钱包的一笔钱", "Declined money that you had sent to a wallet"},
    {"end_my_session", "退出了登录", "Signed out"},
    {"end_my_sessions", "退出了全部登录", "Signed out everywhere"},
    {"expire_charge", "释放了到期的预扣款项", "Released money that was held and not taken in time"},
    {"explain_credit", "查看了您的一笔退休人员划入是怎么计算的",
     "Looked at how a pensioner credit of yours comes about"},
    {"forecast_account_credits", "查看了您今后的退休人员划入预计", "Looked at the pensioner credits to come for you"},
    {"get_account", "查看了您的个人账户", "Looked at a personal account of yours"},
    {"get_account_balance", "查看了您的个人账户余额", "Looked at the balance of your account"},
    {"get_account_statement", "查看了您的个人账户月结单", "Looked at a monthly statement of your account"},
    {"get_charge", "查看了您的一笔消费", "Looked at a charge to your account"},
    {"get_account_interest", "查看了您的个人账户利息", "Looked at the interest of your account"},
    {"get_contribution_summary", "查看了您的缴费年限和待遇情况",
     "Looked at your coverage and how long you have contributed"},
    {"get_credit_eligibility", "查看了您能否享受退休人员划入",
     "Looked at whether you are entitled to pensioner credits"},
    {"get_document", "查看了您的一份申请材料的信息", "Looked at what is known of a document of yours"},
    {"get_document_content", "查看了您的一份申请材料", "Looked at a document of yours"},
    {"get_hotline_balance", "在电话热线播报了您的个人账户余额", "Told the balance of your account by telephone"},
    {"get_hotline_contributions", "在电话热线播报了您的缴费记录", "Told your contributions by telephone"},
    {"get_payout_file_content", "下载付款文件时查看了您的姓名和银行卡号",
     "Was shown your name and bank card in a payout file"},
    {"get_person", "查看了您的个人信息", "Looked at your record"},
    {"get_person_credit_eligibility", "查看了您能否享受退休人员划入",
     "Looked at whether you are entitled to pensioner credits"},
    {"get_transfer", "查看了您的医保转移进度", "Looked at how far your transfer is"},
    {"get_transfer_timeline", "查看了您的医保转移经过", "Looked at the steps of your transfer"},
    {"get_withdrawal", "查看了您的一次性支取", "Looked at a withdrawal from your account"},
    {"get_withdrawal_eligibility", "查看了您能否一次性支取个人账户",
     "Looked at whether your account can be withdrawn from"},
    {"get_withdrawal_timeline", "查看了您的一次性支取办理过程",
     "Looked at the steps of a withdrawal from your account"},
    {"get_wallet", "查看了您的医保钱包", "Looked at your wallet"},
    {"get_wallet_transfer", "查看了您的一笔钱包转账", "Looked at a transfer of yours to a wallet"},
    {"grant_consent_request", "同意了查看申请", "Agreed to a request"},
    {"list_account_credits", "查看了您的退休人员划入记录", "Looked at the pensioner credits to your account"},
    {"list_account_entries", "查看了您的个人账户收支明细", "Looked at the entries of your account"},
    {"list_account_pending", "查看了您的个人账户在途款项", "Looked at what is in flight on your account"},
    {"list_account_statements", "查看了您的个人账户各月汇总", "Looked at the months of your account"},
    {"list_account_view_grants", "查看了您允许哪些亲属查看个人账户", "Looked at whom you let look at your account"},
    {"list_audit_events", "查看了与您有关的操作记录", "Looked at the log of what was done with your data"},
    {"list_person_accounts", "查看了您的个人账户列表", "Looked at your accounts"},
    {"list_person_contributions", "查看了您的缴费记录", "Looked at your contribution records"},
    {"list_person_enrolments", "查看了您的参保信息", "Looked at your enrolments"},
    {"list_person_receivables", "查看了您的应收款", "Looked at what you owe"},
    {"list_person_transfers", "查看了您的医保转移申请", "Looked at your transfers"},
    {"list_person_view_grants", "查看了哪些亲属允许您查看他们的个人账户", "Looked at whose accounts you may look at"},
    {"list_person_withdrawals", "查看了您的一次性支取记录", "Looked at the withdrawals from your accounts"},
    {"list_transfer_documents", "查看了您的转移接续材料列表", "Looked at the list of documents for your transfer"},
    {"list_withdrawal_documents", "查看了您的支取申请材料列表", "Looked at the list of documents for your withdrawal"},
    {"merge_people", "合并了您的重复记录", "Merged two records of yours"},
    {"pay_withdrawal_at_window", "登记了一次性支取的窗口付款", "Recorded that a withdrawal was paid out at a window"},
    {"pay_withdrawal_at_window.dry_run", "试算了登记一次性支取的窗口付款，没有登记",
     "Tried how recording a payment at a window would be, without doing it"},
    {"pay_withdrawal_at_window.refused", "登记一次性支取的窗口付款，没有成功",
     "Tried to record a payment at a window, and was refused"},
    {"list_received_wallet_transfers", "查看了您的医保钱包收到的转账", "Looked at what your wallet was sent"},
    {"list_sent_wallet_transfers", "查看了您转往医保钱包的款项", "Looked at what you have sent to wallets"},
    {"merge_people", "合并了您的重复记录", "Merged two records of yours"},
    {"open_wallet", "为您开通了医保钱包", "Opened your wallet"},
    {"propose_account_interest", "申请结算您的个人账户利息", "Proposed to settle the interest of your account"},
    {"propose_account_status", "申请变更您的个人账户状态", "Proposed another status of your account"},
    {"propose_adjustment", "申请调整您的个人账户余额", "Proposed an adjustment of your account"},
    {"propose_adjustment.dry_run", "试算了对您的个人账户余额的调整，没有提出申请",
     "Tried how an adjustment of your account would be, without proposing it"},
    {"propose_adjustment.refused", "申请调整您的个人账户余额，没有成功",
     "Tried to propose an adjustment of your account, and was refused"},
    {"propose_correction", "申请更正您的个人信息", "Proposed a correction of your record"},
    {"propose_enrolment_correction", "申请更正您的参保信息", "Proposed a correction of an enrolment of yours"},
    {"propose_merge", "申请合并您的重复记录", "Proposed to merge two records of yours"},
    {"propose_reversal", "申请冲销您的一笔缴费", "Proposed to reverse a contribution of yours"},
    {"refresh_session", "续期了登录", "Renewed a session"},
    {"refuse_consent_request", "拒绝了查看申请", "Refused a request"},
    {"reject_proposal", "驳回了与您的信息有关的申请", "Rejected a proposal about your data"},
    {"return_withdrawal", "将一次性支取的款项退回您的个人账户", "Gave the money of a withdrawal back to your account"},
    {"return_withdrawal.dry_run", "试算了将一次性支取的款项退回，没有退回",
     "Tried how giving a withdrawal back would be, without doing it"},
    {"return_withdrawal.refused", "申请将一次性支取的款项退回，没有成功",
     "Tried to give the money of a withdrawal back, and was refused"},
    {"return_wallet_transfer", "退回了逾期没有接收的钱包转账",
     "Returned money to your account that a wallet did not take in time"},
    {"remove_document", "删除了您的一份申请材料", "Took back a document of yours"},
    {"remove_document.refused", "申请删除您的一份申请材料，没有成功",
     "Tried to take back a document of yours, and was refused"},
    {"revoke_consent", "撤回了授权", "Took a consent back"},
    {"revoke_token", "撤销了您的访问令牌", "Revoked an access token of yours"},
    {"revoke_view_grant", "取消了查看您个人账户的许可", "Took back a grant to look at your account"},
    {"revoke_view_grant.refused", "申请取消查看您个人账户的许可，没有成功",
     "Tried to take back a grant to look at your account, and was refused"},
    {"search_people", "通过证件号码查找了您", "Searched for you by number"},
    {"set_my_password", "设置了登录密码", "Set the password"},
    {"set_my_pin", "设置了查询密码", "Set the PIN"},
    {"sign_in_with_code", "使用短信验证码登录", "Signed in by text message"},
    {"sign_in_with_password", "使用密码登录", "Signed in with the password"},
    {"void_charge", "撤销了预扣的款项", "Released money that it had held on your account"},
    {"withdraw_proposal", "撤回了与您的信息有关的申请", "Withdrew a proposal about your data"},
};

/* Of create_disclosure. */
static const struct two_texts purposes[] = {
    {"complaint", "答复投诉", "To answer a complaint"},
    {"contact", "联系本人", "To reach you"},
    {"correction", "更正信息", "To put a record right"},
    {"identity_check", "核对身份", "To check who you are"},
    {"legal_request", "依法配合查询", "At the request of a court or authority"},
    {"other", "其他", "Other"},
    {"payout", "向本人银行卡付款", "To pay out to your bank card"},
};

static const struct two_texts *find(const struct two_texts *texts, size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of(texts[i].name))) {
            return &texts[i];
        }
    }
    return NULL;
}

static struct span in_language(const struct two_texts *texts, enum language language)
{
    return span_of(language == LANGUAGE_EN ? texts->en : texts->zh);
}

struct span action_text(struct span action, enum language language)
{
    static const struct two_texts general = {"", "办理了与您的信息有关的业务", "Did something that concerns your data"};
    const struct two_texts *found = find(actions, sizeof actions / sizeof *actions, action);
    return in_language(found == NULL ? &general : found, language);
}

struct span purpose_text(struct span purpose, enum language language)
{
    const struct two_texts *found = find(purposes, sizeof purposes / sizeof *purposes, purpose);
    return found == NULL ? purpose : in_language(found, language);
}
