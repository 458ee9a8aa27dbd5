/* The columns of a file: their names in two languages, and which field of a record is which. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/column.h"
#include <stdio.h>

#define ERROR_BYTES 2048
#define SHOWN_NAME_BYTES 60

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal_ignoring_case(const char *word, size_t length, struct span text)
{
    if (length != text.length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (lower(word[i]) != lower(text.bytes[i])) {
            return false;
        }
    }
    return true;
}

bool words_contain(const char *words, struct span text)
{
    for (const char *at = words; text.length > 0 && *at != '\0';) {
        size_t length = strcspn(at, "|");
        if (equal_ignoring_case(at, length, text)) {
            return true;
        }
        at += length + (at[length] == '|');
    }
    return false;
}

/* 个人缴费(元) and 个人缴费（元） are 个人缴费. */
static struct span without_unit(struct span name)
{
    static const char *const units[] = {"(元)", "（元）"};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t length = strlen(units[i]);
        if (name.length > length && memcmp(name.bytes + name.length - length, units[i], length) == 0) {
            name.length -= length;
        }
    }
    return name;
}

static size_t find_column(struct span name, const struct column *columns, size_t columns_count)
{
    struct span bare = without_unit(name);
    for (size_t i = 0; i < columns_count; i++) {
        bool is_name = equal_ignoring_case(columns[i].name, strlen(columns[i].name), bare);
        if (is_name || words_contain(columns[i].synonyms, bare)) {
            return i;
        }
    }
    return columns_count;
}

struct message {
    char bytes[ERROR_BYTES];
    size_t length;
};

static void complain(struct message *message, const char *what, struct span name)
{
    int shown = name.length > SHOWN_NAME_BYTES ? SHOWN_NAME_BYTES : (int)name.length;
    size_t room = sizeof(message->bytes) - message->length;
    int written = snprintf(message->bytes + message->length, room, "%s%s \"%.*s\"", message->length > 0 ? "; " : "",
                           what, shown, name.bytes == NULL ? "" : name.bytes);
    if (written > 0) {
        message->length += (size_t)written < room ? (size_t)written : room - 1;
    }
}

bool header_map(const struct csv_record *record, const struct column *columns, size_t columns_count,
                struct header *header, const char **error)
{
    static _Thread_local struct message message;
    message.length = 0;
    header->fields_count = record->fields_count;
    for (size_t i = 0; i < columns_count; i++) {
        header->field_of[i] = HEADER_ABSENT;
    }
    for (uint32_t i = 0; i < record->fields_count; i++) {
        size_t column = find_column(record->fields[i], columns, columns_count);
        if (column == columns_count) {
            complain(&message, "unknown column", record->fields[i]);
        } else if (header->field_of[column] != HEADER_ABSENT) {
            complain(&message, "column given twice:", record->fields[i]);
        } else {
            header->field_of[column] = i;
        }
    }
    for (size_t i = 0; i < columns_count; i++) {
        if (columns[i].is_required && header->field_of[i] == HEADER_ABSENT) {
            complain(&message, "missing column", span_of(columns[i].name));
        }
    }
    *error = message.bytes;
    return message.length == 0;
}
