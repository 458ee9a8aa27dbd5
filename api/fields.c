/* Rows as JSON objects and CSV lines, by one table of names and columns for both. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/fields.h"
#include "server/clock.h"

static void month_of(int32_t days, char out[8])
{
    int32_t year, month, day;
    date_to_civil(days, &year, &month, &day);
    month_format(12 * year + month - 1, out);
}

void json_split_text(struct json_writer *writer, struct span joined, char separator)
{
    json_array_open(writer);
    size_t start = 0;
    while (start < joined.length) {
        const char *end = memchr(joined.bytes + start, separator, joined.length - start);
        size_t length = end == NULL ? joined.length - start : (size_t)(end - joined.bytes) - start;
        json_text(writer, (struct span){.bytes = joined.bytes + start, .length = length});
        start += length + 1;
    }
    json_array_close(writer);
}

static void write_plain(struct json_writer *writer, const struct rows *rows, int row, int column)
{
    if (row_is_null(rows, row, column)) {
        json_null_value(writer);
        return;
    }
    switch (statement_infos[rows->statement].columns[column]) {
    case VALUE_BOOL:
        json_bool(writer, row_bool(rows, row, column));
        return;
    case VALUE_INT2:
    case VALUE_INT4:
    case VALUE_INT8:
        json_int(writer, row_int(rows, row, column));
        return;
    case VALUE_TEXT:
    case VALUE_BYTEA:
        json_text(writer, row_text(rows, row, column));
        return;
    case VALUE_UUID:
        json_uuid(writer, row_uuid(rows, row, column));
        return;
    case VALUE_DATE:
        json_date(writer, row_date(rows, row, column));
        return;
    case VALUE_INSTANT:
        json_instant(writer, row_instant(rows, row, column));
        return;
    }
}

static void write_field(struct json_writer *writer, const struct field *field, const struct rows *rows, int row)
{
    char month[8];
    json_key(writer, field->name);
    switch (field->form) {
    case FIELD_PLAIN:
        write_plain(writer, rows, row, field->column);
        return;
    case FIELD_MONTH:
        if (row_is_null(rows, row, field->column)) {
            json_null_value(writer);
            return;
        }
        month_of(row_date(rows, row, field->column), month);
        json_text(writer, span_of(month));
        return;
    case FIELD_WORDS:
        json_split_text(writer, row_text(rows, row, field->column), ',');
        return;
    case FIELD_ITEMS:
        json_split_text(writer, row_text(rows, row, field->column), ';');
        return;
    case FIELD_JSON:
        json_raw(writer, row_text(rows, row, field->column));
        return;
    case FIELD_OBJECT:
    case FIELD_END:
        return;
    }
}

/* Opens the object that fields[i] begins; where there is none, the index of its end. */
static size_t open_object(struct json_writer *writer, const struct field *fields, size_t i, const struct rows *rows,
                          int row)
{
    json_key(writer, fields[i].name);
    if (!row_is_null(rows, row, fields[i].column)) {
        json_object_open(writer);
        return i;
    }
    json_null_value(writer);
    while (fields[i].form != FIELD_END) {
        i++;
    }
    return i;
}

void fields_write(struct json_writer *writer, const struct field *fields, size_t count, const struct rows *rows,
                  int row)
{
    for (size_t i = 0; i < count; i++) {
        if (fields[i].form == FIELD_OBJECT) {
            i = open_object(writer, fields, i, rows, row);
        } else if (fields[i].form == FIELD_END) {
            json_object_close(writer);
        } else {
            write_field(writer, &fields[i], rows, row);
        }
    }
}

void fields_write_object(struct json_writer *writer, const struct field *fields, size_t count, const struct rows *rows,
                         int row)
{
    json_object_open(writer);
    fields_write(writer, fields, count, rows, row);
    json_object_close(writer);
}

void fields_write_body(const struct field *fields, size_t count, const struct rows *rows, struct reply *reply)
{
    struct json_writer writer;
    json_writer_init(&writer, &reply->body);
    fields_write_object(&writer, fields, count, rows, 0);
}

enum problem fields_write_found(const struct field *fields, size_t count, const struct rows *rows, struct reply *reply)
{
    if (rows->count == 0) {
        return PROBLEM_NOT_FOUND;
    }
    fields_write_body(fields, count, rows, reply);
    return PROBLEM_NONE;
}

static bool has_cell(const struct field *field)
{
    return field->form != FIELD_OBJECT && field->form != FIELD_END;
}

void fields_write_csv_header(struct csv_writer *csv, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_cell(&fields[i])) {
            csv_writer_text(csv, span_of(fields[i].name));
        }
    }
    csv_writer_end(csv);
}

static void write_csv_plain(struct csv_writer *csv, const struct rows *rows, int row, int column)
{
    char text[UUID_TEXT_LENGTH + 1];
    switch (statement_infos[rows->statement].columns[column]) {
    case VALUE_BOOL:
        csv_writer_text(csv, row_bool(rows, row, column) ? SPAN("true") : SPAN("false"));
        return;
    case VALUE_INT2:
    case VALUE_INT4:
    case VALUE_INT8:
        csv_writer_int(csv, row_int(rows, row, column));
        return;
    case VALUE_TEXT:
    case VALUE_BYTEA:
        csv_writer_text(csv, row_text(rows, row, column));
        return;
    case VALUE_UUID:
        uuid_format(row_uuid(rows, row, column), text);
        break;
    case VALUE_DATE:
        date_format(row_date(rows, row, column), text);
        break;
    case VALUE_INSTANT:
        instant_format(row_instant(rows, row, column), text);
        break;
    }
    csv_writer_text(csv, span_of(text));
}

void fields_write_csv(struct csv_writer *csv, const struct field *fields, size_t count, const struct rows *rows,
                      int row)
{
    for (size_t i = 0; i < count; i++) {
        char month[8];
        if (!has_cell(&fields[i])) {
            continue;
        }
        if (row_is_null(rows, row, fields[i].column)) {
            csv_writer_empty(csv);
        } else if (fields[i].form == FIELD_MONTH) {
            month_of(row_date(rows, row, fields[i].column), month);
            csv_writer_text(csv, span_of(month));
        } else {
            write_csv_plain(csv, rows, row, fields[i].column);
        }
    }
    csv_writer_end(csv);
}
