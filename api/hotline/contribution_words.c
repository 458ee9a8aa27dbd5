/* Three sentences at most, and no amount twice. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/contribution_words.h"

static bool is_resident(const struct contribution_record *record)
{
    return span_equal(record->scheme, SPAN("resident"));
}

static bool is_same(const struct contribution_record *a, const struct contribution_record *b)
{
    return a->month == b->month && a->personal_fen == b->personal_fen && span_equal(a->scheme, b->scheme) &&
           span_equal(a->kind, b->kind);
}

static void say_period(const struct speech *speech, const struct contribution_record *record)
{
    if (is_resident(record)) {
        speech_year(speech, record->month / 12);
    } else {
        speech_month(speech, record->month);
    }
}

static void say_months(const struct speech *speech, int32_t months)
{
    if (months == 0) {
        speech_say(speech, "过去十二个月里，您的职工医保没有缴费。",
                   "In the past twelve months nothing was paid for your employee insurance.");
        return;
    }
    speech_say(speech, "过去十二个月里，您的职工医保缴费了",
               "In the past twelve months your employee insurance was paid for ");
    speech_count(speech, months);
    speech_say(speech, "个月。", months == 1 ? " month." : " months.");
}

static void say_last_paid(const struct speech *speech, const struct contribution_record *last)
{
    speech_pause(speech);
    speech_say(speech, "最近一次缴费是", "The latest payment is for ");
    say_period(speech, last);
    speech_say(speech, is_resident(last) ? "的居民医保，个人缴费" : "，个人缴费",
               is_resident(last) ? " under the resident scheme: you paid " : ": you paid ");
    speech_amount(speech, last->personal_fen);
    speech_say(speech, "。", ".");
}

/* What the amount is, where it is no plain payment. */
static void say_kind(const struct speech *speech, struct span kind)
{
    static const struct {
        struct span key;
        const char *zh, *en;
    } kinds[] = {
        {SPAN("base_adjustment"), "补差", "an adjustment of "},
        {SPAN("back_payment"), "补缴", "a back-payment of "},
        {SPAN("refund"), "退费", "a refund of "},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (span_equal(kinds[i].key, kind)) {
            speech_say(speech, kinds[i].zh, kinds[i].en);
        }
    }
}

static void say_record(const struct speech *speech, const struct contribution_record *record)
{
    say_period(speech, record);
    speech_say(speech, is_resident(record) ? "居民医保，" : "，", is_resident(record) ? ", resident scheme, " : ", ");
    if (span_equal(record->kind, SPAN("deemed_years"))) {
        speech_say(speech, "视同缴费", "counted as contributed");
        return;
    }
    say_kind(speech, record->kind);
    speech_amount(speech, record->personal_fen);
}

static void say_records(const struct speech *speech, const struct contribution_record *records, int count,
                        bool is_before_last)
{
    speech_pause(speech);
    speech_say(speech, is_before_last ? "再往前，" : "最近的记录是，",
               is_before_last ? "Before that: " : "The newest records: ");
    for (int i = 0; i < count; i++) {
        say_record(speech, &records[i]);
        speech_say(speech, i + 1 < count ? "；" : "。", i + 1 < count ? "; " : ".");
    }
}

void contribution_words(const struct speech *speech, const struct contribution_facts *facts)
{
    if (facts->records_count == 0) {
        speech_say(speech, "没有查到您的缴费记录。", "There is no record of a contribution of yours.");
        return;
    }
    if (facts->is_employee) {
        say_months(speech, facts->months_paid);
    }
    if (facts->has_last_paid) {
        say_last_paid(speech, &facts->last_paid);
    }
    bool is_named = facts->has_last_paid && is_same(&facts->records[0], &facts->last_paid);
    if (facts->records_count > is_named) {
        say_records(speech, facts->records + is_named, facts->records_count - is_named, is_named);
    }
}
