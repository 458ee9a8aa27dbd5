/* The words that columns of import files are made of, in Chinese, English and the codes of the national standard. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/words.h"

const struct word scheme_words[] = {
    {"employee", "310|职工|职工医保|城镇职工|职工基本医疗保险|城镇职工基本医疗保险"},
    {"resident", "390|居民|居民医保|城乡居民|城乡居民医保|城乡居民基本医疗保险"},
    {NULL, NULL},
};

const struct word enrolment_status_words[] = {
    {"active", "有效|正常|正常参保|参保|参保缴费"},
    {"suspended", "暂停|中断|暂停缴费|暂停参保"},
    {"closing", "转出中"},
    {"pending_in", "转入中"},
    {"ended", "终止|已终止|终止参保|结束"},
    {NULL, NULL},
};

const struct word account_mode_words[] = {
    {"with_account", "统账结合|有个人账户|建账户"},
    {"pooled_only", "单建统筹|无个人账户|不建账户"},
    {NULL, NULL},
};

const struct word payer_kind_words[] = {
    {"employer", "单位|用人单位|单位缴费|单位职工"},
    {"self", "个人|自己缴|灵活就业|灵活就业人员|个人缴费"},
    {NULL, NULL},
};

const struct word contribution_kind_words[] = {
    {"regular", "正常|正常缴费|正常应缴"}, {"base_adjustment", "补差|基数补差|基数调整"}, {"back_payment", "补缴"},
    {"refund", "退费|退款|退收"},          {"deemed_years", "视同缴费|视同缴费年限"},     {NULL, NULL},
};
