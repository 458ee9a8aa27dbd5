/* The parsers that columns of import files are made of. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/identifiers/person_name.h"
#include "cli/import/column.h"

#define NAME_BYTES_MAX PERSON_NAME_BYTES_MAX

#define PARSER(name) enum fault_code name(struct row *, const struct column *, struct span, struct cell *)

PARSER(parse_citizen_number); /* keyed hash, 32 bytes; the plain number stays in row->citizen_number */
PARSER(parse_card_number);    /* keyed hashes to store */
PARSER(parse_name);           /* plain: sealed later, never staged */
PARSER(parse_phone);          /* plain: sealed later, never staged */
PARSER(parse_bank_card);      /* plain: sealed later, never staged */
PARSER(parse_name_hash);      /* keyed hashes to compare with */
PARSER(parse_pool);           /* six digits; that it exists is checked in SQL */
PARSER(parse_word);           /* one of column->words */
PARSER(parse_text);           /* at most 128 bytes without control characters */
PARSER(parse_short_text);     /* at most 64 bytes without control characters */
PARSER(parse_employer_code);  /* cell->number: whether the check character fits; that and the form only warn */
PARSER(parse_employer_name);  /* at most 200 bytes */
PARSER(parse_period);         /* first day of a month or, of YYYY, of January */
PARSER(parse_past_date);      /* 1950-01-01 to the business date */
PARSER(parse_amount);         /* fen, 0 to 100 million yuan */
PARSER(parse_signed_amount);  /* fen, as above in either sign */

/* Keyed hashes to store or compare with (keyring_hash_items). */
void hash_items_into(struct row *row, enum key_purpose purpose, struct span plain, struct cell *cell);

static inline bool period_is_year(const struct cell *cell)
{
    return cell->bytes.length > 0;
}
