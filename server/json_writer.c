/* Writes JSON straight into a text buffer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/json_writer.h"
#include "server/clock.h"
#include <assert.h>

void json_writer_init(struct json_writer *writer, struct text *out)
{
    *writer = (struct json_writer){.out = out};
}

static void before_value(struct json_writer *writer)
{
    if (writer->needs_comma)
        text_append_char(writer->out, ',');
    writer->needs_comma = true;
}

static void open_nesting(struct json_writer *writer, char bracket)
{
    before_value(writer);
    text_append_char(writer->out, bracket);
    writer->depth++;
    writer->needs_comma = false;
}

static void close_nesting(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    text_append_char(writer->out, bracket);
    writer->depth--;
    writer->needs_comma = true;
}

void json_object_open(struct json_writer *writer)
{
    open_nesting(writer, '{');
}

void json_object_close(struct json_writer *writer)
{
    close_nesting(writer, '}');
}

void json_array_open(struct json_writer *writer)
{
    open_nesting(writer, '[');
}

void json_array_close(struct json_writer *writer)
{
    close_nesting(writer, ']');
}

/* Half of a small reply is keys: written with one check of the room for all of it. */
void json_key(struct json_writer *writer, const char *key)
{
    struct text *out = writer->out;
    size_t length = strlen(key);
    text_reserve(out, length + 4);
    if (out->failed)
        return;
    char *next = out->bytes + out->length;
    if (writer->needs_comma)
        *next++ = ',';
    *next++ = '"';
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it is part of a text with a length */
    next = (char *)memcpy(next, key, length) + length;
    *next++ = '"';
    *next++ = ':';
    out->length = (size_t)(next - out->bytes);
    writer->needs_comma = false;
}

void json_null_value(struct json_writer *writer)
{
    before_value(writer);
    text_append(writer->out, "null", 4);
}

void json_bool(struct json_writer *writer, bool value)
{
    before_value(writer);
    text_append_z(writer->out, value ? "true" : "false");
}

void json_int(struct json_writer *writer, int64_t value)
{
    before_value(writer);
    text_append_int(writer->out, value);
}

static void append_escape(struct text *out, unsigned char byte)
{
    static const char short_forms[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {'\\', (char)byte, '0', '0'};
    if (byte >= 32) { /* quotation mark or backslash */
        text_append(out, escape, 2);
        return;
    }
    if (short_forms[byte] != 0) {
        escape[1] = short_forms[byte];
        text_append(out, escape, 2);
        return;
    }
    escape[1] = 'u';
    escape[4] = digits[byte >> 4];
    escape[5] = digits[byte & 15];
    text_append(out, escape, 6);
}

void json_text(struct json_writer *writer, struct span value)
{
    before_value(writer);
    text_append_char(writer->out, '"');
    size_t start = 0;
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];
        if (byte >= 32 && byte != '"' && byte != '\\')
            continue;
        text_append(writer->out, value.bytes + start, i - start);
        append_escape(writer->out, byte);
        start = i + 1;
    }
    if (value.length > start)
        text_append(writer->out, value.bytes + start, value.length - start);
    text_append_char(writer->out, '"');
}

void json_whole_text(struct json_writer *writer, const struct text *value)
{
    json_text(writer, text_span(value));
    writer->out->failed |= value->failed;
}

void json_raw(struct json_writer *writer, struct span value)
{
    before_value(writer);
    text_append_span(writer->out, value);
}

/* For forms that never hold anything to escape. */
static void quoted(struct json_writer *writer, const char *plain)
{
    before_value(writer);
    text_append_char(writer->out, '"');
    text_append_z(writer->out, plain);
    text_append_char(writer->out, '"');
}

void json_uuid(struct json_writer *writer, struct uuid value)
{
    char form[UUID_TEXT_LENGTH + 1];
    uuid_format(value, form);
    quoted(writer, form);
}

void json_instant(struct json_writer *writer, int64_t instant_us)
{
    char form[33];
    instant_format(instant_us, form);
    quoted(writer, form);
}

void json_date(struct json_writer *writer, int32_t days)
{
    char form[11];
    date_format(days, form);
    quoted(writer, form);
}
