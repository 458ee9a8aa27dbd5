/* From a record of the file to the cells of a row. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/row.h"
#include <stdlib.h>

void row_add_fault(struct row *row, enum fault_code code, const char *field)
{
    fault_list_add(row->context->faults, (struct fault){.line = row->line, .code = (uint16_t)code, .field = field});
    row->is_valid = row->is_valid && !fault_is_error(code);
}

uint8_t *row_scratch(struct row *row, size_t size_bytes)
{
    if (row->scratch_used + size_bytes > sizeof(row->scratch)) {
        abort(); /* ROW_SCRATCH_BYTES no longer fits the columns: a bug */
    }
    uint8_t *bytes = row->scratch + row->scratch_used;
    row->scratch_used += size_bytes;
    return bytes;
}

struct cell id_time_cell(void)
{
    struct uuid id = uuid_make(0);
    int64_t half = 0;
    for (int i = 0; i < 8; i++) {
        half = half << 8 | id.bytes[i];
    }
    return (struct cell){.is_set = true, .number = half};
}

static enum fault_code record_fault(const struct csv_record *record, const struct header *header)
{
    switch (record->status) {
    case CSV_NUL_BYTE:
        return FAULT_NUL_BYTE;
    case CSV_BAD_ENCODING:
        return FAULT_BAD_ENCODING;
    case CSV_UNTERMINATED_QUOTE:
        return FAULT_UNTERMINATED_QUOTE;
    case CSV_TEXT_AFTER_QUOTE:
        return FAULT_TEXT_AFTER_QUOTE;
    case CSV_RECORD_TOO_LONG:
        return FAULT_RECORD_TOO_LONG;
    case CSV_TOO_MANY_FIELDS:
        return FAULT_FIELD_COUNT;
    case CSV_OK:
        break;
    }
    return record->fields_count == header->fields_count ? FAULT_NONE : FAULT_FIELD_COUNT;
}

static void read_column(struct row *row, const struct column *column, struct span text, struct cell *cell)
{
    if (text.length == 0 && column->fallback != NULL) {
        text = span_of(column->fallback);
    }
    enum fault_code fault = FAULT_NONE;
    if (text.length > 0) {
        fault = column->parse(row, column, text, cell);
    } else if (column->is_required) {
        fault = FAULT_MISSING;
    }
    if (fault == FAULT_NONE) {
        return;
    }
    row_add_fault(row, fault, column->name);
    if (fault_is_error(fault)) {
        *cell = (struct cell){0};
    }
}

void row_read(struct row *row, const struct import_kind *kind, const struct header *header,
              const struct csv_record *record)
{
    row->line = record->line;
    row->is_valid = true;
    row->scratch_used = 0;
    memset(row->cells, 0, sizeof(row->cells));
    enum fault_code fault = record_fault(record, header);
    if (fault != FAULT_NONE) {
        row_add_fault(row, fault, "");
        return;
    }
    for (size_t i = 0; i < kind->columns_count; i++) {
        struct span text = {0};
        if (header->field_of[i] != HEADER_ABSENT) {
            text = record->fields[header->field_of[i]];
        }
        read_column(row, &kind->columns[i], text, &row->cells[i]);
    }
    kind->complete(row);
}
