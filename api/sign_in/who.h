/* Whom the numbers of a request mean: checked for their form, hashed for the look-up and for counting. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/identifiers/citizen_number.h"
#include "api/sign_in/attempt.h"

struct who {
    bool has_citizen_number;
    bool has_card_number;
    uint8_t citizen_hash[KEYED_HASH_BYTES];
    uint8_t card_hash[KEYED_HASH_BYTES];
    uint8_t subject[KEYED_HASH_BYTES]; /* of the first number given */
    uint8_t target[KEYED_HASH_BYTES];  /* of all that was given */
    uint8_t source[KEYED_HASH_BYTES];
};

/*
 * Numbers that are not given may be absent, but not both. `name` is part of the target; empty: none. Numbers with a
 * wrong form are faults, which tell nothing about anybody.
 */
enum problem who_read(struct request *request, int citizen_arg, int card_arg, struct span name, struct who *who);
