/* Comma-separated replies (RFC 4180) that a spreadsheet opens without running anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/span.h"
#include "server/text.h"
#include <stdint.h>

/* Cells are written one after the other; csv_end closes the line with CRLF. */
struct csv {
    struct text *out;
    bool needs_comma;
};

void csv_init(struct csv *csv, struct text *out);
/* Quoted where needed; a leading = + - @, tab or CR gets an apostrophe in front, so that it stays text. */
void csv_text(struct csv *csv, struct span value);
void csv_int(struct csv *csv, int64_t value);
void csv_empty(struct csv *csv);
void csv_end(struct csv *csv);
