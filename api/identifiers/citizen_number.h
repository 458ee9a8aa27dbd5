/* Citizen identity numbers (GB 11643): form, birth date, check character. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>
#include <stdint.h>

#define CITIZEN_NUMBER_LENGTH 18

/* In order of precedence. */
enum citizen_number_status {
    CITIZEN_NUMBER_MALFORMED,     /* not 18 digits (the last may be X), nor 15 digits */
    CITIZEN_NUMBER_DATE_INVALID,  /* positions 7–14 are no date of the calendar */
    CITIZEN_NUMBER_CHECK_DIFFERS, /* the last character does not fit the others */
    CITIZEN_NUMBER_VALID,
};

struct citizen_number {
    char text[CITIZEN_NUMBER_LENGTH + 1]; /* 18 characters, X in upper case */
    int32_t birth_date;                   /* days since 1970-01-01; that it is past is for the caller to check */
    bool is_male;
};

/*
 * Accepts a small x, and the 15-digit form of before 1999, which becomes 18. Region codes are not judged: abolished
 * ones live on in old numbers. *number is written only when VALID.
 */
enum citizen_number_status citizen_number_parse(struct span text, struct citizen_number *number);
/* The check character of the first 17 digits. */
char citizen_number_check(const char digits[17]);
