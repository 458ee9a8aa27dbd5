/* Pieces of a written sentence in the reader's language: money, days, months, percentages. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/credits/say.h"
#include "api/identifiers/money.h"
#include "server/clock.h"

void say_words(const struct say *say, const char *zh, const char *en)
{
    text_append_z(say->out, say->language == LANGUAGE_EN ? en : zh);
}

void say_span(const struct say *say, struct span text)
{
    text_append_span(say->out, text);
}

void say_number(const struct say *say, int64_t value)
{
    text_append_int(say->out, value);
}

void say_money(const struct say *say, int64_t amount_fen)
{
    char amount[MONEY_TEXT_BYTES];
    money_format_yuan(amount_fen, amount);
    text_append_z(say->out, amount);
    say_words(say, "元", " yuan");
}

void say_percent(const struct say *say, int64_t ratio_bp)
{
    text_append_int(say->out, ratio_bp / 100);
    int64_t rest = ratio_bp % 100;
    if (rest % 10 != 0) {
        text_printf(say->out, ".%02d", (int)rest);
    } else if (rest != 0) {
        text_printf(say->out, ".%d", (int)(rest / 10));
    }
    text_append_z(say->out, "%");
}

static void say_english_month(const struct say *say, int32_t year, int32_t month)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    text_printf(say->out, "%s %d", names[month - 1], year);
}

void say_day(const struct say *say, int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    if (say->language == LANGUAGE_EN) {
        text_printf(say->out, "%d ", day);
        say_english_month(say, year, month);
    } else {
        text_printf(say->out, "%d年%d月%d日", year, month, day);
    }
}

void say_month(const struct say *say, int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    if (say->language == LANGUAGE_EN) {
        say_english_month(say, year, month);
    } else {
        text_printf(say->out, "%d年%d月", year, month);
    }
}

void say_period(const struct say *say, int32_t days, bool year)
{
    int32_t of, month, day;
    if (!year) {
        say_month(say, days);
        return;
    }
    date_to_civil(days, &of, &month, &day);
    text_printf(say->out, say->language == LANGUAGE_EN ? "the year %d" : "%d年度", of);
}
