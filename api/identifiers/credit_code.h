/* Unified social credit codes of employers (GB 32100). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/span.h"
#include <stdbool.h>

#define CREDIT_CODE_LENGTH 18

/* In order of precedence. */
enum credit_code_status {
    CREDIT_CODE_MALFORMED,     /* not 18 characters of the code's alphabet */
    CREDIT_CODE_CHECK_DIFFERS, /* some codes really registered are so: a warning, no refusal */
    CREDIT_CODE_VALID,
};

/* Small letters are not accepted: the code is defined in capitals. */
enum credit_code_status credit_code_check(struct span code);
/* As import files are read: 18 letters and digits, small letters made capitals; whether they check is not judged. */
bool credit_code_normalise(struct span text, char out[CREDIT_CODE_LENGTH]);
