/* Any text in a JSON reply, a CSV reply or a log line: a reader finds it whole, and nothing beside it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv_writer.h"
#include "server/csv_reader.h"
#include "server/json_writer.h"
#include "server/limits.h"
#include "server/utf8.h"
#include "tests/fuzz/fuzz.h"
#include <jansson.h>

static void check_json(struct span value, struct text *out)
{
    struct json_writer writer;
    json_error_t error;
    json_writer_init(&writer, out);
    json_array_open(&writer);
    json_text(&writer, value);
    json_int(&writer, (int64_t)value.length);
    json_array_close(&writer);
    json_t *json = json_loadb(out->bytes, out->length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    const json_t *text = json_array_get(json, 0);
    struct span read = {.bytes = json_string_value(text), .length = json_string_length(text)};
    assert(json_array_size(json) == 2 && json_is_string(text) && span_equal(read, value));
    json_decref(json);
}

/* A cell that a spreadsheet would run has an apostrophe in front; blanks around a cell are the reader's to drop. */
static void check_csv(struct span value, struct text *out)
{
    struct csv_writer writer;
    struct csv_reader reader;
    struct csv_record record;
    csv_writer_init(&writer, out);
    csv_writer_int(&writer, 1);
    csv_writer_text(&writer, value);
    csv_writer_int(&writer, 2);
    csv_writer_end(&writer);
    csv_init(&reader, text_span(out), true);
    assert(csv_next(&reader, &record) && record.fields_count == 3 && record.status == CSV_OK);
    assert(span_equal(record.fields[0], SPAN("1")) && span_equal(record.fields[2], SPAN("2")));
    struct span cell = record.fields[1];
    bool has_blank = value.length > 0 && strchr(" \xE3", value.bytes[0]) != NULL;
    assert(cell.length <= value.length + 1);
    assert(has_blank || cell.length == 0 || strchr("=+-@", cell.bytes[0]) == NULL);
    assert(!csv_next(&reader, &record));
    csv_fini(&reader);
}

void fuzz_written_text(struct span input)
{
    struct text out;
    text_init(&out, LIMIT_REPLY_BYTES);
    if (input.length < CSV_RECORD_BYTES_MAX / 4 && utf8_count(input).bad == 0) {
        check_json(input, &out);
        text_clear(&out);
        if (utf8_is_clean(input) && (input.length == 0 || memchr(input.bytes, '\0', input.length) == NULL))
            check_csv(input, &out);
    }
    text_fini(&out);
}
