/* Pieces of a written sentence in the reader's language: money, days, months, percentages. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/text.h"

struct say {
    struct text *out;
    enum language language;
};

void say_words(const struct say *say, const char *zh, const char *en);
void say_span(const struct say *say, struct span text);
void say_number(const struct say *say, int64_t value);
void say_money(const struct say *say, int64_t amount_fen);       /* 120.00元; 120.00 yuan */
void say_percent(const struct say *say, int64_t ratio_bp);       /* basis points: 280 is 2.8%, 300 is 3% */
void say_day(const struct say *say, int32_t days);               /* 2026年10月31日; 31 October 2026 */
void say_month(const struct say *say, int32_t days);             /* of that day: 2026年10月; October 2026 */
void say_period(const struct say *say, int32_t days, bool year); /* 2026年度, 2026年10月; 2026, October 2026 */
