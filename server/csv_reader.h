/* Reads CSV records (RFC 4180) out of memory without copying them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include "server/text.h"
#include <stdbool.h>
#include <stdint.h>

#define CSV_FIELDS_MAX 64                /* the widest import has 17 columns */
#define CSV_RECORD_BYTES_MAX (64 * 1024) /* 17 columns of at most 200 characters are far below */

enum csv_status {
    CSV_NUL_BYTE,
    CSV_BAD_ENCODING,       /* not UTF-8, or U+FFFD, which stands for what the conversion could not read */
    CSV_UNTERMINATED_QUOTE, /* no closing quote within CSV_RECORD_BYTES_MAX: reading goes on at the next line */
    CSV_TEXT_AFTER_QUOTE,
    CSV_RECORD_TOO_LONG,
    CSV_TOO_MANY_FIELDS,
    CSV_OK,
};

/* Fields are trimmed of blanks, tabs and ideographic spaces; they live until the next csv_next. */
struct csv_record {
    enum csv_status status; /* other than CSV_OK: the fields are not to be used */
    uint32_t line;          /* physical line of the file on which the record starts, from 1 */
    uint32_t fields_count;
    struct span fields[CSV_FIELDS_MAX];
};

struct csv_reader {
    const char *start;
    const char *cursor;
    const char *end;
    uint32_t line;
    bool check_bytes;     /* false when the whole text is known to be good */
    struct text unquoted; /* fields whose doubled quotes had to be undone */
};

/* `content` is UTF-8 without byte-order mark, and outlives the reader. */
void csv_init(struct csv_reader *reader, struct span content, bool has_bad_bytes);
void csv_fini(struct csv_reader *reader);
/* False at the end of the content. Empty lines are skipped. */
bool csv_next(struct csv_reader *reader, struct csv_record *record);
