/* One text for each status; {names} stand for values. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/eligibility_words.h"
#include "server/clock.h"

struct status_words {
    const char *status, *zh, *en, *next_zh, *next_en; /* next: NULL where nothing is to be done */
};

static const struct status_words known[] = {
    {"due", "您符合{period}的划入条件。", "You are entitled to the credit for {period}.",
     "由参保地医保经办机构统一划入，无需申请。", "Your agency credits it by itself; you need not apply."},
    {"already_credited", "您{period}的划入已经入账。", "The credit for {period} has been posted to your account.", NULL,
     NULL},
    {"posting_month_not_reached", "您符合{period}的划入条件，从{posting_month}起划入。",
     "You are entitled to the credit for {period}, which is posted from {posting_month} on.", NULL, NULL},
    {"merged", "这份记录已经并入您的另一份记录，划入记在那份记录上。",
     "This record was merged into another one of yours, and credits go there.", "请在合并后的记录中查看。",
     "Please look at the record that goes on."},
    {"resident_scheme", "您参加的是城乡居民医保。居民医保没有个人账户；个人账户划入只适用于职工医保的退休人员。",
     "You are insured under the resident scheme. It has no personal account; these credits are for those who retired "
     "in the "
     "employee scheme.",
     NULL, NULL},
    {"not_enrolled", "您在{period}没有职工医保参保关系。", "You have no employee enrolment in {period}.",
     "如与实际不符，请联系参保地医保经办机构核对。", "If that is not so, please ask your agency to check it."},
    {"enrolled_elsewhere", "您的职工医保参保关系在另一个统筹区，由那里划入。",
     "Your employee enrolment is in another pool, and that one credits you.", "请查看您在那里的个人账户。",
     "Please look at your account there."},
    {"not_retired", "您还没有办结职工医保退休手续；办结生效后，从次月起划入。",
     "Your medical-insurance retirement procedure (职工医保退休手续) is not complete; credits begin with the month "
     "after it "
     "takes effect.",
     "达到退休年龄和规定的缴费年限后，请到参保地医保经办机构办理职工医保退休手续。",
     "Once you have reached retirement age and the years of contribution, complete the procedure at your agency."},
    {"enrolment_suspended", "您的职工医保参保关系目前已暂停，暂停期间不划入。",
     "Your employee enrolment is suspended, and nothing is credited meanwhile.",
     "请联系参保地医保经办机构恢复参保关系。", "Please ask your agency to resume it."},
    {"deceased", "参保人已去世，划入到去世当月（{last_month}）为止。",
     "The insured person has died; {last_month} is the last month that is credited.", NULL, NULL},
    {"pooled_only", "您参加的职工医保只有统筹基金，没有个人账户，所以不划入。",
     "Your employee insurance covers the pooled fund only. It has no personal account, so nothing is credited.",
     "可向参保地医保经办机构咨询能否改为有个人账户的参保方式。",
     "Your agency can tell whether you may change to one with an account."},
    {"policy_missing", "参保地没有适用于{period}的划入标准。", "There is no rule for {period} where you are insured.",
     "请向参保地医保经办机构咨询。", "Please ask your agency."},
    {"policy_incomplete", "参保地按平均养老金的一定比例划入，适用于{period}的平均养老金还没有公布，所以暂不划入。",
     "Where you are insured a part of the average pension is credited; the one for {period} has not been published, so "
     "nothing is "
     "credited yet.",
     "公布后会补划，无需申请。", "It is credited once that is published; you need not apply."},
    {"no_tier", "您还没有达到参保地划入标准的最低年龄（{lowest_age}周岁）。",
     "Where you are insured credits begin at the age of {lowest_age}.", NULL, NULL},
    {"nothing_due", "按参保地的标准，您{period}的划入金额为零。",
     "By the rule where you are insured, the amount for {period} is zero.", NULL, NULL},
    {"no_account", "您符合{period}的划入条件，但在参保地还没有个人账户。",
     "You are entitled to the credit for {period}, but you have no personal account where you are insured.",
     "请联系参保地医保经办机构开立个人账户，开立后会补划。",
     "Please ask your agency to open one; what was missed is credited then."},
    {"account_frozen", "您符合{period}的划入条件，但您的个人账户已冻结，暂不划入。",
     "You are entitled to the credit for {period}, but your account is frozen, and nothing is credited meanwhile.",
     "请联系参保地医保经办机构，解冻后会补划。",
     "Please ask your agency; what was missed is credited once it is no longer frozen."},
    {"account_closed", "您的个人账户已注销，不能划入。",
     "Your personal account is closed, and nothing can be credited.", "请联系参保地医保经办机构。",
     "Please ask your agency."},
};

/* not_retired, where the procedure is recorded and its month has not come. */
static const struct status_words retires_later = {
    "not_retired", "您的职工医保退休手续已登记，从{first_month}起划入。",
    "Your medical-insurance retirement is recorded; credits begin in {first_month}.", NULL, NULL};
static const struct status_words other = {"", "您的个人账户目前的状态不能划入。",
                                          "In its present status your account takes no credits.",
                                          "请联系参保地医保经办机构。", "Please ask your agency."};

static const struct status_words *find(const struct eligibility_facts *facts)
{
    if (span_equal(facts->status, SPAN("not_retired")) && facts->first_month != CREDIT_NONE) {
        return &retires_later;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (span_equal(facts->status, span_of(known[i].status))) {
            return &known[i];
        }
    }
    return &other;
}

static void say_value(const struct say *say, const struct eligibility_facts *facts, struct span name)
{
    int32_t year, month, day;
    if (span_equal(name, SPAN("period"))) {
        say_period(say, facts->period_start, facts->is_yearly);
    } else if (span_equal(name, SPAN("first_month"))) {
        say_month(say, facts->first_month);
    } else if (span_equal(name, SPAN("last_month"))) {
        say_month(say, facts->last_month);
    } else if (span_equal(name, SPAN("lowest_age"))) {
        say_number(say, facts->lowest_age);
    } else {
        date_to_civil(facts->period_start, &year, &month, &day);
        say_month(say, date_from_civil(year, facts->posting_month, 1));
    }
}

static void say_form(const struct say *say, const struct eligibility_facts *facts, const char *form)
{
    for (const char *open = strchr(form, '{'); open != NULL; open = strchr(form, '{')) {
        const char *close = strchr(open, '}');
        text_append(say->out, form, (size_t)(open - form));
        say_value(say, facts, (struct span){.bytes = open + 1, .length = (size_t)(close - open) - 1});
        form = close + 1;
    }
    text_append_z(say->out, form);
}

void eligibility_say(const struct say *say, const struct eligibility_facts *facts)
{
    const struct status_words *words = find(facts);
    say_form(say, facts, say->language == LANGUAGE_EN ? words->en : words->zh);
}

bool eligibility_say_next(const struct say *say, const struct eligibility_facts *facts)
{
    const struct status_words *words = find(facts);
    if (words->next_zh == NULL) {
        return false;
    }
    say_form(say, facts, say->language == LANGUAGE_EN ? words->next_en : words->next_zh);
    return true;
}
