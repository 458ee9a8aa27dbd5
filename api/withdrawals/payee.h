/* Who a withdrawal is paid to: the sealed card and name of a withdrawal, whosever associated data they have. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/sealed.h"

/* As db/functions/208_withdrawal_take_over.sql has it: what a transfer began has the seals that were there before. */
struct payee {
    struct uuid withdrawal_id, transfer_id, person_id; /* transfer_id: only where the card is that of a transfer */
    struct span card, card_of;                         /* sealed; withdrawal or transfer */
    struct span name, name_of;                         /* sealed; withdrawal or person */
};

/* "payee_name_masked" and "bank_card_masked" into an object that is open; false when a seal does not open. */
bool payee_write_masked(struct request *request, struct json_writer *writer, const struct payee *payee);
/* In full, wiped when the request ends; false when a seal does not open. */
bool payee_open(struct request *request, const struct payee *payee, struct span *card, struct span *name);
