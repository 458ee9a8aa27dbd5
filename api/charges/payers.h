/* Who pays a charge: the account that was charged, and others where it does not suffice. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/json_writer.h"
#include "server/pg/statement.h"

/* Whether a statement for one payer says that there are others: nothing was done, and the shared one is to be asked. */
bool payers_are_more(struct span status);
/* The member `payers` of a charge just made: column `payers`, or where that is null the account alone. */
void payers_write(struct json_writer *writer, const struct rows *rows, int payers, int account_id, int64_t amount_fen,
                  int64_t captured_fen);
