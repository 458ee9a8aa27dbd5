/* Comma-separated replies (RFC 4180) that a spreadsheet opens without running anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv.h"

static void open_cell(struct csv *csv)
{
    if (csv->needs_comma) {
        text_append_char(csv->out, ',');
    }
    csv->needs_comma = true;
}

void csv_init(struct csv *csv, struct text *out)
{
    *csv = (struct csv){.out = out};
}

static bool holds_any(struct span value, const char *characters)
{
    for (size_t i = 0; i < value.length; i++) {
        if (value.bytes[i] != '\0' && strchr(characters, value.bytes[i]) != NULL) {
            return true;
        }
    }
    return false;
}

void csv_text(struct csv *csv, struct span value)
{
    open_cell(csv);
    bool disarm = value.length > 0 && holds_any((struct span){.bytes = value.bytes, .length = 1}, "=+-@\t\r");
    bool quote = holds_any(value, "\",\r\n");
    if (quote) {
        text_append_char(csv->out, '"');
    }
    if (disarm) {
        text_append_char(csv->out, '\'');
    }
    for (size_t i = 0; i < value.length; i++) {
        if (value.bytes[i] == '"') {
            text_append_char(csv->out, '"');
        }
        text_append_char(csv->out, value.bytes[i]);
    }
    if (quote) {
        text_append_char(csv->out, '"');
    }
}

void csv_int(struct csv *csv, int64_t value)
{
    open_cell(csv);
    text_append_int(csv->out, value);
}

void csv_empty(struct csv *csv)
{
    open_cell(csv);
}

void csv_end(struct csv *csv)
{
    text_append_z(csv->out, "\r\n");
    csv->needs_comma = false;
}
