/* What a pensioner is told of a credit: why, and what came to the account; in two sentences. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/credits/say.h"

#define CREDIT_SENTENCES 2
#define CREDIT_NONE INT32_MIN /* no such day, month or age */

/* Why a row was posted; of a difference what changed. */
enum credit_cause {
    CREDIT_REGULAR,    /* the credit itself */
    CREDIT_POLICY,     /* another rule */
    CREDIT_BIRTH,      /* another date of birth */
    CREDIT_RETIREMENT, /* entitled from another month */
    CREDIT_DEATH,
    CREDIT_ENROLMENT, /* not enrolled so that it entitles */
    CREDIT_MERGED,    /* two records of one person */
    CREDIT_REVIEWED,  /* something else on record */
};

struct credit_sums {
    int64_t gross_fen, deduction_fen;
};

/* Days, as server/clock.h counts them; of a month or year its first. */
struct credit_facts {
    enum credit_cause cause;
    bool is_deceased; /* the person, as known today */
    bool is_copy;     /* of a record that was merged into this one */
    struct span pool_code, pool_name;
    struct span policy_region_code, policy_region_name, legal_basis;
    int32_t effective_from;
    int32_t birth_date; /* CREDIT_NONE where the reader is not told */
    int32_t age_on, age_years;
    int32_t min_age, below_age; /* of the tier; below_age is CREDIT_NONE for the highest */
    bool is_yearly, is_ratio, rounds_down;
    bool is_gross_rounded, is_deduction_rounded; /* a fraction of a fen was rounded */
    int64_t base_fen, ratio_bp, amount_fen;
    int32_t period_start, months;
    int32_t retired_month, first_month, last_month; /* last_month is CREDIT_NONE for the living */
    struct credit_sums due, credited, posted;       /* by now; before; by this row */
    int64_t receivable_fen;
};

void credit_words(const struct say *say, const struct credit_facts *facts, int sentence);
