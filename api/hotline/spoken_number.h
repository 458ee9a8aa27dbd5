/* Whole numbers as people say them, in Chinese and in English. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include <stdint.h>

#define SPOKEN_NUMBER_MAXIMUM UINT64_C(999999999999999) /* the English scales end at trillions */

/*
 * Before a measure word: 一千八百四十二, 十万零五, 一亿零五千. One 零 stands for any zeros inside, none for those at
 * the end of a group of four digits. At the very beginning 10 to 19 is 十, not 一十; further in it is 一十. 二 or 两: a
 * 2 that the number begins with is 两, unless 十 follows (两, 两百, 两千, 两万, 两亿; 二十, 二十万); every other one is
 * 二 (十二, 两千二百).
 */
void spoken_quantity_zh(struct text *out, uint64_t number);
/* Of days and months: the same with 二 throughout. */
void spoken_ordinal_zh(struct text *out, uint64_t number);
/* Digit by digit, as years are said: 二零二六. */
void spoken_digits_zh(struct text *out, uint64_t number);

/* one thousand eight hundred and forty-two; one million and five */
void spoken_number_en(struct text *out, uint64_t number);
/* first, twenty-second; up to 31 */
void spoken_ordinal_en(struct text *out, unsigned number);
