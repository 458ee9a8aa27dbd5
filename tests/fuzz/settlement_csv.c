/* A provider's list of a day, as a file: what is taken is lines of three, and reads the same again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/items.h"
#include "tests/fuzz/fuzz.h"

static void check_line(struct span line, struct text *again)
{
    struct span kind = fuzz_take_part(&line, '\t'), number = fuzz_take_part(&line, '\t');
    assert(span_equal(kind, SPAN("charge")) || span_equal(kind, SPAN("refund")));
    assert(number.length > 0 && line.length > 0 && line.bytes[0] >= '1' && line.bytes[0] <= '9');
    text_append_span(again, kind);
    text_append_z(again, ",\"");
    for (size_t i = 0; i < number.length; i++) {
        if (number.bytes[i] == '"')
            text_append_char(again, '"');
        text_append_char(again, number.bytes[i]);
    }
    text_append_z(again, "\",");
    text_append_span(again, line);
    text_append_z(again, "\r\n");
}

void fuzz_settlement_csv(struct span input)
{
    struct settlement_items items, same;
    struct text again;
    settlement_items_init(&items);
    settlement_items_init(&same);
    text_init(&again, 2 * LIMIT_SETTLEMENT_BYTES);
    text_append_z(&again, "kind,number,amount_fen\n");
    assert(settlement_items_read(&items, input) && items.faults_count <= LIMIT_FIELD_ERRORS);
    for (uint32_t i = 0; i < items.faults_count; i++)
        assert(items.faults[i].line > 0 && items.faults[i].code != NULL);
    struct span lines = text_span(&items.text);
    size_t count = 0;
    for (; lines.length > 0; count++)
        check_line(fuzz_take_part(&lines, '\n'), &again);
    assert(count == items.count && !again.failed);
    assert(settlement_items_read(&same, text_span(&again)) && same.faults_count == 0);
    assert(span_equal(text_span(&same.text), text_span(&items.text)));
    settlement_items_fini(&items);
    settlement_items_fini(&same);
    text_fini(&again);
}
