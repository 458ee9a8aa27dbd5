/* The columns of a file: their names in two languages, and which field of a record is which. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/cell.h"
#include "server/csv_reader.h"
#include <stdbool.h>

/* What a column may hold, where it is one of a few words; `words` separated by | are synonyms. */
struct word {
    const char *value; /* what is stored */
    const char *words;
};

struct column;
/* Fills the cell from text that is not empty. Returns what is wrong; a warning leaves the cell set. */
typedef enum fault_code (*column_parser)(struct row *row, const struct column *column, struct span text,
                                         struct cell *cell);

struct column {
    const char *name;     /* canonical header, and `field` of the report */
    const char *synonyms; /* further headers, separated by | */
    bool is_required;     /* the header must have it and every row a value */
    column_parser parse;
    const struct word *words; /* ends with a NULL value; only for parse_word */
    const char *fallback;     /* stored when the row has no value; NULL for none */
};

#define HEADER_ABSENT UINT32_MAX

struct header {
    uint32_t field_of[ROW_CELLS_MAX]; /* index of the field for each column, or HEADER_ABSENT */
    uint32_t fields_count;
};

/* False after naming every unknown, doubled or missing column in *error (borrowed until the next call). */
bool header_map(const struct csv_record *record, const struct column *columns, size_t columns_count,
                struct header *header, const char **error);
/* Whether `text` is one of the |-separated `words`; ASCII letters match in either case. */
bool words_contain(const char *words, struct span text);
