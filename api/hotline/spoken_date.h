/* Years, months and days as people say them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include <stdint.h>

/* Years 1000 to 9999; months are 12 × year + month − 1, days since 1970-01-01, as in server/clock.h. */
void spoken_year_zh(struct text *out, int32_t year);   /* 二零二六年 */
void spoken_year_en(struct text *out, int32_t year);   /* twenty twenty-six; two thousand and five; nineteen oh five */
void spoken_month_zh(struct text *out, int32_t month); /* 二零二六年五月 */
void spoken_month_en(struct text *out, int32_t month); /* May twenty twenty-six */
void spoken_date_zh(struct text *out, int32_t days);   /* 二零二六年五月二十二日 */
void spoken_date_en(struct text *out, int32_t days);   /* the twenty-second of May twenty twenty-six */
