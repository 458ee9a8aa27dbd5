/* What a caller keyed in and the hotline's system passed on, in the form in which it is compared. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/hotline/caller.h"

#define KEYED_NUMBER_BYTES 20 /* citizen numbers have 15 or 18 characters, card numbers 6 to 20 */
#define KEYED_PHONE_BYTES 20
#define KEYED_PIN_BYTES 6

/* Holds secrets: to be wiped. */
struct keyed_in {
    char digits[KEYED_NUMBER_BYTES + 1]; /* as keyed in, with X for * */
    char number[KEYED_NUMBER_BYTES + 1]; /* the same, or the 18 characters of the citizen number that it is */
    bool is_citizen_number;
    char pin[KEYED_PIN_BYTES];
    char source[UUID_TEXT_LENGTH + 1]; /* where attempts come from: the phone, or the client when that is not told */
    const char *source_kind;           /* phone or client */
};

/* False when something is malformed: the faults have been added. The PIN's argument is wiped. */
bool keyed_in_read(struct request *request, const struct caller_args *args, struct keyed_in *keyed_in);
