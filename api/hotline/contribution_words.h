/* What the hotline says of contributions. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/hotline/speech.h"

#define CONTRIBUTION_RECORDS 3

struct contribution_record {
    struct span scheme; /* employee or resident */
    struct span kind;   /* regular, base_adjustment, back_payment, refund or deemed_years */
    int32_t month;      /* of a resident: any of the year */
    int64_t personal_fen;
};

struct contribution_facts {
    bool is_employee;    /* there is, or was, a record under the employee scheme */
    int32_t months_paid; /* of the twelve months before this one, under the employee scheme */
    bool has_last_paid;
    struct contribution_record last_paid;                     /* the newest that is a payment */
    int records_count;                                        /* at most CONTRIBUTION_RECORDS */
    struct contribution_record records[CONTRIBUTION_RECORDS]; /* newest first */
};

/* The last year in months, the last payment, and the newest records that were not named already. */
void contribution_words(const struct speech *speech, const struct contribution_facts *facts);
