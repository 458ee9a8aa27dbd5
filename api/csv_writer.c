/* Comma-separated replies (RFC 4180) that a spreadsheet opens without running anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv_writer.h"

static void open_cell(struct csv_writer *csv)
{
    if (csv->needs_comma) {
        text_append_char(csv->out, ',');
    }
    csv->needs_comma = true;
}

void csv_writer_init(struct csv_writer *csv, struct text *out)
{
    *csv = (struct csv_writer){.out = out};
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

/* Spreadsheets set up for Chinese or Japanese take the full-width forms for the plain ones. */
static bool starts_formula(struct span value)
{
    static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t length = strlen(starts[i]);
        if (value.length >= length && memcmp(value.bytes, starts[i], length) == 0) {
            return true;
        }
    }
    return false;
}

void csv_writer_text(struct csv_writer *csv, struct span value)
{
    open_cell(csv);
    bool disarm = starts_formula(value);
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

void csv_writer_int(struct csv_writer *csv, int64_t value)
{
    open_cell(csv);
    text_append_int(csv->out, value);
}

void csv_writer_empty(struct csv_writer *csv)
{
    open_cell(csv);
}

void csv_writer_end(struct csv_writer *csv)
{
    text_append_z(csv->out, "\r\n");
    csv->needs_comma = false;
}
