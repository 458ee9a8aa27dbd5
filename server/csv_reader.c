/* Reads CSV records (RFC 4180) out of memory without copying them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/csv_reader.h"
#include "server/utf8.h"

void csv_init(struct csv_reader *reader, struct span content, bool has_bad_bytes)
{
    *reader = (struct csv_reader){
        .start = content.bytes,
        .cursor = content.bytes,
        .end = content.bytes + content.length,
        .line = 1,
        .check_bytes = has_bad_bytes,
    };
    text_init(&reader->unquoted, 2 * CSV_RECORD_BYTES_MAX);
    /* Spans into it must stay where they are while a record is read. */
    text_reserve(&reader->unquoted, 2 * CSV_RECORD_BYTES_MAX);
}

void csv_fini(struct csv_reader *reader)
{
    text_fini(&reader->unquoted);
}

static struct span trimmed(const char *start, const char *end)
{
    static const char ideographic_space[] = "\xE3\x80\x80";
    for (;;) {
        if (start < end && (*start == ' ' || *start == '\t')) {
            start++;
        } else if (end - start >= 3 && memcmp(start, ideographic_space, 3) == 0) {
            start += 3;
        } else {
            break;
        }
    }
    for (;;) {
        if (start < end && (end[-1] == ' ' || end[-1] == '\t')) {
            end--;
        } else if (end - start >= 3 && memcmp(end - 3, ideographic_space, 3) == 0) {
            end -= 3;
        } else {
            break;
        }
    }
    return (struct span){.bytes = start, .length = (size_t)(end - start)};
}

static const char *line_end(const struct csv_reader *reader, const char *from)
{
    const char *newline = memchr(from, '\n', (size_t)(reader->end - from));
    return newline == NULL ? reader->end : newline;
}

static void skip_line(struct csv_reader *reader, const char *from)
{
    const char *end = line_end(reader, from);
    reader->cursor = end == reader->end ? end : end + 1;
}

/* Undoes doubled quotes; returns the field's text, which stays valid until the next record. */
static struct span unquote(struct csv_reader *reader, const char *start, const char *end, bool has_doubled)
{
    if (!has_doubled) {
        return trimmed(start, end);
    }
    size_t from = reader->unquoted.length;
    while (start < end) {
        const char *quote = memchr(start, '"', (size_t)(end - start));
        if (quote == NULL) {
            text_append(&reader->unquoted, start, (size_t)(end - start));
            break;
        }
        text_append(&reader->unquoted, start, (size_t)(quote - start) + 1);
        start = quote + 2;
    }
    if (reader->unquoted.failed) {
        return (struct span){0};
    }
    const char *bytes = reader->unquoted.bytes;
    return trimmed(bytes + from, bytes + reader->unquoted.length);
}

/* `*cursor` stands after the opening quote; on success at the comma or line end after the closing one. */
static enum csv_status quoted_field(struct csv_reader *reader, const char **cursor, struct span *field)
{
    const char *start = *cursor;
    const char *limit = reader->end - start > CSV_RECORD_BYTES_MAX ? start + CSV_RECORD_BYTES_MAX : reader->end;
    const char *at = start;
    bool has_doubled = false;
    for (;;) {
        const char *quote = memchr(at, '"', (size_t)(limit - at));
        if (quote == NULL) {
            return CSV_UNTERMINATED_QUOTE;
        }
        if (quote + 1 < limit && quote[1] == '"') {
            has_doubled = true;
            at = quote + 2;
            continue;
        }
        *field = unquote(reader, start, quote, has_doubled);
        at = quote + 1;
        break;
    }
    while (at < reader->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    *cursor = at;
    bool at_carriage_return = at + 1 < reader->end && at[0] == '\r' && at[1] == '\n';
    bool is_end = at == reader->end || *at == ',' || *at == '\n' || at_carriage_return;
    return is_end ? CSV_OK : CSV_TEXT_AFTER_QUOTE;
}

static struct span plain_field(const struct csv_reader *reader, const char **cursor)
{
    const char *start = *cursor;
    const char *at = start;
    while (at < reader->end && *at != ',' && *at != '\n') {
        at++;
    }
    *cursor = at;
    bool is_before_newline = at == reader->end || *at == '\n';
    const char *end = is_before_newline && at > start && at[-1] == '\r' ? at - 1 : at;
    return trimmed(start, end);
}

/* Reads the fields of the record at the cursor and returns where it ends. */
static enum csv_status read_fields(struct csv_reader *reader, struct csv_record *record, const char **stop)
{
    const char *at = reader->cursor;
    for (;;) {
        const char *peek = at;
        while (peek < reader->end && (*peek == ' ' || *peek == '\t')) {
            peek++;
        }
        struct span field = {0};
        enum csv_status status = CSV_OK;
        if (peek < reader->end && *peek == '"') {
            at = peek + 1;
            status = quoted_field(reader, &at, &field);
        } else {
            field = plain_field(reader, &at);
        }
        if (status != CSV_OK) {
            return status;
        }
        if (record->fields_count == CSV_FIELDS_MAX) {
            return CSV_TOO_MANY_FIELDS;
        }
        record->fields[record->fields_count++] = field;
        if (at - reader->cursor > CSV_RECORD_BYTES_MAX) {
            return CSV_RECORD_TOO_LONG;
        }
        if (at < reader->end && *at == ',') {
            at++;
            continue;
        }
        /* A carriage return can be left only by a quoted field. */
        *stop = at < reader->end && *at == '\r' ? at + 1 : at;
        return CSV_OK;
    }
}

static enum csv_status check_bytes(const struct csv_reader *reader, const char *start, const char *stop)
{
    size_t length = (size_t)(stop - start);
    if (!reader->check_bytes) {
        return CSV_OK;
    }
    if (memchr(start, '\0', length) != NULL) {
        return CSV_NUL_BYTE;
    }
    struct span bytes = {.bytes = start, .length = length};
    return !utf8_is_clean(bytes) ? CSV_BAD_ENCODING : CSV_OK;
}

static void count_lines(struct csv_reader *reader, const char *start, const char *stop)
{
    for (const char *at = start; at < stop && (at = memchr(at, '\n', (size_t)(stop - at))) != NULL; at++) {
        reader->line++;
    }
}

bool csv_next(struct csv_reader *reader, struct csv_record *record)
{
    while (reader->cursor < reader->end) {
        const char *start = reader->cursor;
        const char *stop = start;
        text_clear(&reader->unquoted);
        record->line = reader->line;
        record->fields_count = 0;
        record->status = read_fields(reader, record, &stop);
        if (record->status == CSV_OK) {
            record->status = check_bytes(reader, start, stop);
        } else {
            stop = line_end(reader, start);
        }
        skip_line(reader, stop);
        count_lines(reader, start, reader->cursor);
        bool is_empty = record->status == CSV_OK && record->fields_count == 1 && record->fields[0].length == 0;
        if (!is_empty) {
            return true;
        }
    }
    return false;
}
