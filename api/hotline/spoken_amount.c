/* Puts yuan, jiao and fen together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/hotline/spoken_amount.h"
#include "api/hotline/spoken_number.h"
#include <assert.h>
#include <stdbool.h>

/* In Chinese there are 角 of ten fen, in English there are only fen. */
static uint64_t take_sign(struct text *out, int64_t amount_fen, const char *minus)
{
    assert(amount_fen >= -SPOKEN_AMOUNT_MAXIMUM_FEN && amount_fen <= SPOKEN_AMOUNT_MAXIMUM_FEN);
    if (amount_fen < 0) {
        text_append_z(out, minus);
    }
    return (uint64_t)(amount_fen < 0 ? -amount_fen : amount_fen);
}

static void say_part_zh(struct text *out, uint64_t number, bool is_first, const char *unit)
{
    if (is_first) {
        spoken_quantity_zh(out, number);
    } else {
        spoken_ordinal_zh(out, number);
    }
    text_append_z(out, unit);
}

void spoken_amount_zh(struct text *out, int64_t amount_fen)
{
    uint64_t all_fen = take_sign(out, amount_fen, "负");
    uint64_t yuan = all_fen / 100, jiao = all_fen / 10 % 10, fen = all_fen % 10;
    if (yuan > 0 || all_fen == 0) {
        say_part_zh(out, yuan, true, "元");
    }
    if (jiao > 0) {
        say_part_zh(out, jiao, yuan == 0, "角");
    }
    if (fen > 0 && yuan > 0 && jiao == 0) {
        text_append_z(out, "零");
    }
    if (fen > 0) {
        say_part_zh(out, fen, yuan == 0 && jiao == 0, "分");
    }
}

void spoken_amount_en(struct text *out, int64_t amount_fen)
{
    uint64_t all_fen = take_sign(out, amount_fen, "minus ");
    uint64_t yuan = all_fen / 100, fen = all_fen % 100;
    if (yuan > 0 || all_fen == 0) {
        spoken_number_en(out, yuan);
        text_append_z(out, fen > 0 ? " yuan and " : " yuan");
    }
    if (fen > 0) {
        spoken_number_en(out, fen);
        text_append_z(out, " fen");
    }
}
