/* Yuan as people write them, fen as the program counts them; digit by digit, never through a float. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdint.h>

/* In order of precedence. */
enum money_status {
    MONEY_MALFORMED,    /* not [-]digits[.digits]: also blanks, signs of thousands, exponents, other scripts' digits */
    MONEY_TOO_PRECISE,  /* more than two decimals */
    MONEY_OUT_OF_RANGE, /* more fen than 64 bits hold */
    MONEY_VALID,
};

#define MONEY_TEXT_BYTES 22 /* -92233720368547758.08 and NUL */

/* *amount_fen is written only when VALID. Negative amounts are valid text: whether they make sense is for the caller.
 */
enum money_status money_parse_yuan(struct span text, int64_t *amount_fen);
/* Always two decimals: 1234.50 */
void money_format_yuan(int64_t amount_fen, char out[MONEY_TEXT_BYTES]);
