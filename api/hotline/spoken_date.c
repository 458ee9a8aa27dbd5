/* Says a calendar's numbers in the form that each of them has. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/spoken_date.h"
#include "api/hotline/spoken_number.h"
#include "server/clock.h"
#include <assert.h>

static const char *const months_en[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};

void spoken_year_zh(struct text *out, int32_t year)
{
    assert(year >= 1000 && year <= 9999);
    spoken_digits_zh(out, (uint64_t)year);
    text_append_z(out, "年");
}

void spoken_year_en(struct text *out, int32_t year)
{
    assert(year >= 1000 && year <= 9999);
    uint64_t century = (uint64_t)year / 100, rest = (uint64_t)year % 100;
    if (century % 10 == 0 && rest < 10) {
        spoken_number_en(out, (uint64_t)year); /* two thousand and five */
        return;
    }
    spoken_number_en(out, century);
    text_append_z(out, rest == 0 ? " hundred" : rest < 10 ? " oh " : " ");
    if (rest > 0) {
        spoken_number_en(out, rest);
    }
}

void spoken_month_zh(struct text *out, int32_t month)
{
    spoken_year_zh(out, month / 12);
    spoken_ordinal_zh(out, (uint64_t)(month % 12) + 1);
    text_append_z(out, "月");
}

void spoken_month_en(struct text *out, int32_t month)
{
    text_append_z(out, months_en[month % 12]);
    text_append_char(out, ' ');
    spoken_year_en(out, month / 12);
}

void spoken_date_zh(struct text *out, int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    spoken_month_zh(out, 12 * year + month - 1);
    spoken_ordinal_zh(out, (uint64_t)day);
    text_append_z(out, "日");
}

void spoken_date_en(struct text *out, int32_t days)
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    text_append_z(out, "the ");
    spoken_ordinal_en(out, (unsigned)day);
    text_append_z(out, " of ");
    spoken_month_en(out, 12 * year + month - 1);
}
