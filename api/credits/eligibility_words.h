/* Why somebody is credited as a pensioner or not, and what to do about it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/credits/credit_words.h"

/* Days, as server/clock.h counts them; CREDIT_NONE where there is none. */
struct eligibility_facts {
    struct span status; /* of credit_outlook */
    bool is_yearly;
    int32_t period_start, first_month, last_month;
    int32_t posting_month; /* 1 to 12 */
    int32_t lowest_age;    /* at which the plan begins */
};

void eligibility_say(const struct say *say, const struct eligibility_facts *facts);
/* False, and nothing said, where nothing is to be done. */
bool eligibility_say_next(const struct say *say, const struct eligibility_facts *facts);
