/* Rows in the form of COPY BINARY. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/kind.h"
#include "server/text.h"

void copy_begin(struct text *out);
void copy_row(struct text *out, const struct import_kind *kind, const struct row *row);
void copy_end(struct text *out);
