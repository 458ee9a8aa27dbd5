/* What the hotline says of a balance. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/hotline/speech.h"

struct balance_facts {
    bool has_account;
    struct span reason;      /* without an account: resident_scheme, pooled_only or not_enrolled */
    struct span region_name; /* in Chinese, and said in Chinese only; may be empty */
    struct span status;      /* of the account; what the money of one that is not active is good for is said */
    int64_t balance_fen;
    int64_t held_fen;
    int64_t others_count; /* accounts besides the one above */
    int64_t others_fen;   /* their balances together */
};

/* The account that receives, then the sum of the others; or why there is none. */
void balance_words(const struct speech *speech, const struct balance_facts *facts);
