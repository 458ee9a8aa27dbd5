/* Amounts of money as people say them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/text.h"
#include <stdint.h>

#define SPOKEN_AMOUNT_MAXIMUM_FEN INT64_C(9007199254740991) /* what an account holds at most, either sign */

/*
 * 一千八百四十二元五角; 零元; 五分; 十元零五分 (角 skipped). 2 at the very beginning is 两 (两元, 两角, 两分, 两百元),
 * every other one as in spoken_quantity_zh, so 两元二角. Below zero: 负五元.
 */
void spoken_amount_zh(struct text *out, int64_t amount_fen);
/* one thousand eight hundred and forty-two yuan and fifty fen; zero yuan; five fen; minus five yuan */
void spoken_amount_en(struct text *out, int64_t amount_fen);
