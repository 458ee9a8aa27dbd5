/* An employer as replies show one, and the code in a path. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "server/http/request.h"

/* The same columns stand in each statement that reads employers. */
#define EMPLOYER_FIELDS(statement)                                                                                     \
    {                                                                                                                  \
        {"employer_code", statement##_COLUMN_EMPLOYER_CODE, FIELD_PLAIN},                                              \
            {"name", statement##_COLUMN_NAME, FIELD_PLAIN},                                                            \
            {"check_digit_valid", statement##_COLUMN_CHECK_DIGIT_VALID, FIELD_PLAIN},                                  \
            {"first_seen_at", statement##_COLUMN_FIRST_SEEN_AT, FIELD_PLAIN},                                          \
    }

/* The code in capitals, in the arena. False, with a fault unless memory is lacking, when it is none. */
bool employer_read_code(struct request *request, int arg, struct span *code);
