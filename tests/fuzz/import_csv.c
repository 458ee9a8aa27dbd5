/* A file of an agency: its encoding, records, header and cells, to the bytes that PostgreSQL would get. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/copy.h"
#include "cli/import/encoding.h"
#include "cli/import/row.h"
#include "server/clock.h"
#include "server/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/keys.h"
#include <stdlib.h>
#include <unistd.h>

#define COPY_ROW_BYTES_MAX (8 * 1024) /* as cli/import/stage.c allows for */

static const struct import_kind *const kinds[] = {&import_enrolments, &import_contributions, &import_opening_balances};

/* As cli/import/source.c does it; from malloc. */
static struct span to_utf8(struct span content)
{
    int file = encoding_gb18030_to_file(content, true);
    off_t length = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    assert(length >= 0);
    char *bytes = malloc((size_t)length + 1);
    assert(bytes != NULL && pread(file, bytes, (size_t)length, 0) == length);
    close(file);
    assert(utf8_count((struct span){.bytes = bytes, .length = (size_t)length}).bad == 0);
    return (struct span){.bytes = bytes, .length = (size_t)length};
}

static void append_quoted(struct text *out, struct span field)
{
    text_append_char(out, '"');
    for (size_t i = 0; i < field.length; i++) {
        if (field.bytes[i] == '"')
            text_append_char(out, '"');
        text_append_char(out, field.bytes[i]);
    }
    text_append_char(out, '"');
}

/* The fields, quoted and read again, are the same. */
static void check_again(const struct csv_record *record)
{
    struct text line;
    struct csv_reader reader;
    struct csv_record again;
    text_init(&line, 4 * CSV_RECORD_BYTES_MAX);
    for (uint32_t i = 0; i < record->fields_count; i++) {
        if (i > 0)
            text_append_char(&line, ',');
        append_quoted(&line, record->fields[i]);
    }
    assert(!line.failed);
    csv_init(&reader, text_span(&line), true);
    if (line.length < CSV_RECORD_BYTES_MAX) {
        assert(csv_next(&reader, &again) && again.status == CSV_OK && again.fields_count == record->fields_count);
        for (uint32_t i = 0; i < record->fields_count; i++)
            assert(span_equal(again.fields[i], record->fields[i]));
        assert(!csv_next(&reader, &again));
    }
    csv_fini(&reader);
    text_fini(&line);
}

static void check_record(const struct csv_record *record, uint32_t *line, bool is_clean)
{
    assert(record->line >= *line && record->fields_count <= CSV_FIELDS_MAX);
    assert(!is_clean || (record->status != CSV_NUL_BYTE && record->status != CSV_BAD_ENCODING));
    *line = record->line;
    for (uint32_t i = 0; record->status == CSV_OK && i < record->fields_count; i++) {
        struct span field = record->fields[i];
        assert(utf8_is_clean(field) && (field.length == 0 || memchr(field.bytes, '\0', field.length) == NULL));
    }
    if (record->status == CSV_OK)
        check_again(record);
}

/* A row is valid exactly when nothing but warnings was said about it, and fits into what is sent. */
static void check_row(const struct import_kind *kind, const struct row *row, uint64_t errors_before)
{
    struct text copy;
    text_init(&copy, COPY_ROW_BYTES_MAX);
    assert(row->is_valid == (fault_list_errors(row->context->faults) == errors_before));
    copy_row(&copy, kind, row);
    assert(!copy.failed);
    for (size_t i = 0; i < kind->staged_count; i++) {
        const struct cell *cell = &row->cells[kind->staged[i].cell];
        enum cell_type type = kind->staged[i].type;
        assert(!cell->is_set || type != CELL_TEXT || utf8_is_clean(cell->bytes));
        assert(!cell->is_set || type != CELL_INT4 || cell->number == (int32_t)cell->number);
        assert(!cell->is_set || type != CELL_UUID || cell->bytes.length == sizeof(struct uuid));
    }
    text_fini(&copy);
}

static void read_all(const struct import_kind *kind, struct csv_reader *reader, bool is_clean)
{
    struct fault_list faults = {0};
    struct row_context context = {
        .keyring = fuzz_keyring(), .business_date = date_from_civil(2026, 6, 15), .faults = &faults};
    struct row *row = calloc(1, sizeof *row);
    struct header header;
    struct csv_record record;
    const char *error = NULL;
    uint32_t line = 1;
    assert(row != NULL);
    row->context = &context;
    bool has_header = csv_next(reader, &record) && record.status == CSV_OK &&
                      header_map(&record, kind->columns, kind->columns_count, &header, &error);
    while (csv_next(reader, &record)) {
        check_record(&record, &line, is_clean);
        if (!has_header)
            continue;
        uint64_t errors_before = fault_list_errors(&faults);
        row_read(row, kind, &header, &record);
        assert(!context.crypto_failed);
        if (record.status == CSV_OK)
            check_row(kind, row, errors_before);
    }
    fault_list_fini(&faults);
    free(row);
}

void fuzz_import_csv(struct span input)
{
    const struct import_kind *kind = kinds[fuzz_take_byte(&input) % (sizeof kinds / sizeof kinds[0])];
    bool is_clean;
    char *converted = NULL;
    if (encoding_detect(input, &is_clean) == ENCODING_GB18030) {
        input = to_utf8(input);
        converted = (char *)(uintptr_t)input.bytes;
        is_clean = false;
    }
    struct csv_reader reader;
    csv_init(&reader, encoding_without_mark(input), !is_clean);
    read_all(kind, &reader, is_clean);
    csv_fini(&reader);
    free(converted);
}
