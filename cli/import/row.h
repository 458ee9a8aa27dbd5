/* From a record of the file to the cells of a row. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/kind.h"

/* Parses every column, then lets the kind complete the row; all faults go to row->context->faults. */
void row_read(struct row *row, const struct import_kind *kind, const struct header *header,
              const struct csv_record *record);
