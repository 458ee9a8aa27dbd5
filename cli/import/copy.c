/* Rows in the form of COPY BINARY. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/copy.h"
#include <endian.h>

#define DAYS_1970_TO_2000 10957

void copy_begin(struct text *out)
{
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    text_append(out, header, 11 + 4 + 4);
}

static void append_int16(struct text *out, int16_t value)
{
    uint16_t wire = htobe16((uint16_t)value);
    text_append(out, &wire, sizeof(wire));
}

static void append_int32(struct text *out, int32_t value)
{
    uint32_t wire = htobe32((uint32_t)value);
    text_append(out, &wire, sizeof(wire));
}

static void append_int64(struct text *out, int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);
    text_append(out, &wire, sizeof(wire));
}

static void append_cell(struct text *out, const struct cell *cell, enum cell_type type)
{
    if (!cell->is_set) {
        append_int32(out, -1);
        return;
    }
    switch (type) {
    case CELL_BOOL:
        append_int32(out, 1);
        text_append_char(out, cell->number != 0);
        return;
    case CELL_INT4:
        append_int32(out, 4);
        append_int32(out, (int32_t)cell->number);
        return;
    case CELL_INT8:
        append_int32(out, 8);
        append_int64(out, cell->number);
        return;
    case CELL_DATE:
        append_int32(out, 4);
        append_int32(out, (int32_t)cell->number - DAYS_1970_TO_2000);
        return;
    case CELL_TEXT:
    case CELL_BYTEA:
    case CELL_UUID:
        append_int32(out, (int32_t)cell->bytes.length);
        text_append_span(out, cell->bytes);
        return;
    }
}

void copy_row(struct text *out, const struct import_kind *kind, const struct row *row)
{
    struct cell line = {.is_set = true, .number = row->line};
    struct cell is_valid = {.is_set = true, .number = row->is_valid};
    append_int16(out, (int16_t)(kind->staged_count + 2));
    append_cell(out, &line, CELL_INT4);
    append_cell(out, &is_valid, CELL_BOOL);
    for (size_t i = 0; i < kind->staged_count; i++) {
        append_cell(out, &row->cells[kind->staged[i].cell], kind->staged[i].type);
    }
}

void copy_end(struct text *out)
{
    append_int16(out, -1);
}
