/* Comma-separated replies (RFC 4180) that a spreadsheet opens without running anything. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"
#include "server/span.h"
#include "server/text.h"
#include <stdint.h>

/* Cells are written one after the other; csv_writer_end closes the line with CRLF. */
struct csv_writer {
    struct text *out;
    bool needs_comma;
};

void csv_writer_init(struct csv_writer *csv, struct text *out);
/* Quoted where needed; a leading = + - @ (also full-width), tab, CR or LF gets an apostrophe in front, so that it stays
 * text. */
void csv_writer_text(struct csv_writer *csv, struct span value);
void csv_writer_int(struct csv_writer *csv, int64_t value);
void csv_writer_empty(struct csv_writer *csv);
void csv_writer_end(struct csv_writer *csv);
