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

#define WHO_NO_ARG (-1)

struct who_args {
    int citizen_number;
    int card_number;
    int certificate_kind; /* with its number instead of a citizen number; WHO_NO_ARG: the operation takes none */
    int certificate_number;
};

/*
 * An operation that takes other certificates needs one number of the first kind; any other is content with one number
 * of either kind. `name` is part of the target; empty: none. Numbers with a wrong form are faults, which tell nothing
 * about anybody.
 */
enum problem who_read(struct request *request, const struct who_args *args, struct span name, struct who *who);
