/* The file that tells the bank whom to pay: made anew from sealed values each time, never stored. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/reply.h"

#define PAYOUT_HASH_HEX 64

/* Rows of payout_candidates or payout_file_content as CSV into `out`; false when a seal does not open. */
bool payout_content_write(struct request *request, const struct rows *rows, struct text *out);
/* SHA-256 of a file's bytes, as hexadecimal digits; false when OpenSSL fails. */
bool payout_content_hash(struct span content, char hex[PAYOUT_HASH_HEX + 1]);
