/* Reads and checks a provider's list of a day. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/settlements/items.h"
#include "server/csv_reader.h"
#include "server/http/percent.h"

#define NUMBER_CHARACTERS 64
#define AMOUNT_MAX INT64_C(9007199254740991)
#define UTF8_MARK "\xEF\xBB\xBF"

enum column { COLUMN_KIND, COLUMN_NUMBER, COLUMN_AMOUNT_FEN, COLUMNS };

static const char *const columns[] = {"kind", "number", "amount_fen"};

void settlement_items_init(struct settlement_items *items)
{
    items->count = 0;
    items->faults_count = 0;
    text_init(&items->text, LIMIT_SETTLEMENT_BYTES + COLUMNS);
}

void settlement_items_fini(struct settlement_items *items)
{
    text_fini(&items->text);
}

void settlement_items_add(struct settlement_items *items, struct span item, struct span number, struct span amount)
{
    text_append_span(&items->text, item);
    text_append_char(&items->text, '\t');
    text_append_span(&items->text, number);
    text_append_char(&items->text, '\t');
    text_append_span(&items->text, amount);
    text_append_char(&items->text, '\n');
    items->count++;
}

static void add_fault(struct settlement_items *items, uint32_t line, const char *column, const char *code)
{
    if (items->faults_count < LIMIT_FIELD_ERRORS) {
        items->faults[items->faults_count++] =
            (struct settlement_item_fault){.line = line, .column = column, .code = code};
    }
}

/* NULL when it is right. */
static const char *fault_of_number(struct span number)
{
    size_t characters = 0;
    if (number.length == 0) {
        return "required";
    }
    if (!text_is_plain(number, &characters)) {
        return "malformed";
    }
    return characters > NUMBER_CHARACTERS ? "too_long" : NULL;
}

static const char *fault_of_amount(struct span amount)
{
    int64_t value = 0;
    if (amount.length == 0) {
        return "required";
    }
    for (size_t i = 0; i < amount.length; i++) {
        if (amount.bytes[i] < '0' || amount.bytes[i] > '9' || (i == 0 && amount.bytes[i] == '0' && amount.length > 1)) {
            return "malformed";
        }
        value = value > AMOUNT_MAX ? value : value * 10 + (amount.bytes[i] - '0');
    }
    if (value == 0) {
        return "too_small";
    }
    return value > AMOUNT_MAX ? "too_large" : NULL;
}

static const char *fault_of_kind(struct span kind)
{
    if (kind.length == 0) {
        return "required";
    }
    return span_equal(kind, SPAN("charge")) || span_equal(kind, SPAN("refund")) ? NULL : "not_allowed";
}

static void take_record(struct settlement_items *items, const struct csv_record *record)
{
    if (record->status != CSV_OK || record->fields_count != COLUMNS) {
        add_fault(items, record->line, NULL, "malformed");
        return;
    }
    const struct span *fields = record->fields;
    const char *faults[] = {fault_of_kind(fields[COLUMN_KIND]), fault_of_number(fields[COLUMN_NUMBER]),
                            fault_of_amount(fields[COLUMN_AMOUNT_FEN])};
    bool is_right = true;
    for (int i = 0; i < COLUMNS; i++) {
        if (faults[i] != NULL) {
            add_fault(items, record->line, columns[i], faults[i]);
            is_right = false;
        }
    }
    if (is_right) {
        settlement_items_add(items, fields[COLUMN_KIND], fields[COLUMN_NUMBER], fields[COLUMN_AMOUNT_FEN]);
    }
}

static bool is_header(const struct csv_record *record)
{
    bool is_right = record->status == CSV_OK && record->fields_count == COLUMNS;
    for (int i = 0; is_right && i < COLUMNS; i++) {
        is_right = span_equal(record->fields[i], span_of(columns[i]));
    }
    return is_right;
}

bool settlement_items_read(struct settlement_items *items, struct span content)
{
    size_t mark = content.length >= 3 && memcmp(content.bytes, UTF8_MARK, 3) == 0 ? 3 : 0;
    struct csv_reader reader;
    struct csv_record record;
    csv_init(&reader, (struct span){.bytes = content.bytes + mark, .length = content.length - mark}, true);
    if (!csv_next(&reader, &record) || !is_header(&record)) {
        add_fault(items, 1, NULL, "malformed");
    }
    while (items->faults_count < LIMIT_FIELD_ERRORS && items->count <= LIMIT_SETTLEMENT_ITEMS &&
           csv_next(&reader, &record)) {
        take_record(items, &record);
    }
    if (items->count > LIMIT_SETTLEMENT_ITEMS) {
        add_fault(items, record.line, NULL, "too_long");
    }
    bool has_memory = !items->text.failed && !reader.unquoted.failed;
    csv_fini(&reader);
    return has_memory;
}
