/* Amounts in yuan: text to fen and back, and any number of fen to text and back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/identifiers/money.h"
#include "tests/fuzz/fuzz.h"

static void check_number(int64_t amount_fen)
{
    char text[MONEY_TEXT_BYTES];
    int64_t again;
    money_format_yuan(amount_fen, text);
    assert(strlen(text) < sizeof text && money_parse_yuan(span_of(text), &again) == MONEY_VALID);
    assert(again == amount_fen);
}

/* Without zeros in front of it, which say nothing. */
static void strip(struct span *digits)
{
    while (digits->length > 1 && digits->bytes[0] == '0') {
        digits->bytes++;
        digits->length--;
    }
}

/* The canonical text has the same digits. */
static void check_text(struct span text, int64_t amount_fen)
{
    char canonical[MONEY_TEXT_BYTES];
    money_format_yuan(amount_fen, canonical);
    struct span ours = span_of(canonical);
    if (text.bytes[0] == '-' && amount_fen != 0) {
        assert(fuzz_take_byte(&ours) == '-');
        fuzz_take_byte(&text);
    } else if (text.bytes[0] == '-') {
        fuzz_take_byte(&text);
    }
    struct span whole = fuzz_take_part(&text, '.'), our_whole = fuzz_take_part(&ours, '.');
    strip(&whole);
    assert(span_equal(whole, our_whole) && ours.length == 2 && text.length <= 2);
    for (size_t i = 0; i < 2; i++)
        assert(ours.bytes[i] == (i < text.length ? text.bytes[i] : '0'));
}

void fuzz_amount(struct span input)
{
    int64_t amount_fen = 0;
    enum money_status status = money_parse_yuan(input, &amount_fen);
    if (status == MONEY_VALID) {
        check_text(input, amount_fen);
        check_number(amount_fen);
    }
    if (input.length >= sizeof amount_fen) {
        memcpy(&amount_fen, input.bytes, sizeof amount_fen);
        check_number(amount_fen);
    }
}
