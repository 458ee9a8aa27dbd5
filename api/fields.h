/* Rows as JSON objects and CSV lines, by one table of names and columns for both. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/csv_writer.h"
#include "server/http/reply.h"
#include "server/json_writer.h"
#include "server/pg/statement.h"
#include <stddef.h>

enum field_form {
    FIELD_PLAIN, /* as the column's type says; NULL is null, and an empty cell */
    FIELD_MONTH, /* a date, shown as YYYY-MM; NULL as above */
    FIELD_WORDS, /* text joined by commas, shown as an array; JSON only */
    FIELD_ITEMS, /* text joined by semicolons, shown as an array; JSON only */
    FIELD_JSON,  /* text that is JSON already; JSON only */
    /* What follows, up to FIELD_END, is an object of that name; null where the column is. In CSV just more columns. */
    FIELD_OBJECT,
    FIELD_END,
};

struct field {
    const char *name;
    int column;
    enum field_form form;
};

#define FIELD_OBJECT_END                                                                                               \
    {                                                                                                                  \
        NULL, -1, FIELD_END                                                                                            \
    }
#define FIELDS(table) (table), sizeof(table) / sizeof(*(table))

/* Into an object that is open. */
void fields_write(struct json_writer *writer, const struct field *fields, size_t count, const struct rows *rows,
                  int row);
/* As an object of its own. */
void fields_write_object(struct json_writer *writer, const struct field *fields, size_t count, const struct rows *rows,
                         int row);
/* The first row as the whole body. */
void fields_write_body(const struct field *fields, size_t count, const struct rows *rows, struct reply *reply);
/* The same, or PROBLEM_NOT_FOUND when there is no row. */
enum problem fields_write_found(const struct field *fields, size_t count, const struct rows *rows, struct reply *reply);
void fields_write_csv_header(struct csv_writer *csv, const struct field *fields, size_t count);
void fields_write_csv(struct csv_writer *csv, const struct field *fields, size_t count, const struct rows *rows,
                      int row);
/* Text joined by `separator` as an array; empty text is an empty one. */
void json_split_text(struct json_writer *writer, struct span joined, char separator);
