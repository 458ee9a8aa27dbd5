/* Yuan as people write them, fen as the program counts them; digit by digit, never through a float. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/money.h"
#include <inttypes.h>
#include <stdio.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_from(struct span text, size_t start)
{
    size_t end = start;
    while (end < text.length && is_digit(text.bytes[end])) {
        end++;
    }
    return end - start;
}

enum money_status money_parse_yuan(struct span text, int64_t *amount_fen)
{
    bool negative = text.length > 0 && text.bytes[0] == '-';
    size_t start = negative ? 1 : 0;
    size_t whole = digits_from(text, start);
    size_t point = start + whole;
    bool has_point = point < text.length && text.bytes[point] == '.';
    size_t decimals = has_point ? digits_from(text, point + 1) : 0;
    size_t end = has_point ? point + 1 + decimals : point;
    if (whole == 0 || (has_point && decimals == 0) || end != text.length) {
        return MONEY_MALFORMED;
    }
    if (decimals > 2) {
        return MONEY_TOO_PRECISE;
    }
    /* Counted downwards, since the negative range is the longer one. */
    int64_t total = 0;
    for (size_t i = 0; i < whole + 2; i++) {
        size_t at = i < whole ? start + i : point + 1 + (i - whole);
        int digit = at < text.length && is_digit(text.bytes[at]) ? text.bytes[at] - '0' : 0;
        if (__builtin_mul_overflow(total, 10, &total) || __builtin_sub_overflow(total, digit, &total)) {
            return MONEY_OUT_OF_RANGE;
        }
    }
    if (!negative && __builtin_sub_overflow(0, total, &total)) {
        return MONEY_OUT_OF_RANGE;
    }
    *amount_fen = total;
    return MONEY_VALID;
}

void money_format_yuan(int64_t amount_fen, char out[MONEY_TEXT_BYTES])
{
    uint64_t magnitude = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    snprintf(out, MONEY_TEXT_BYTES, "%s%" PRIu64 ".%02" PRIu64, amount_fen < 0 ? "-" : "", magnitude / 100,
             magnitude % 100);
}
